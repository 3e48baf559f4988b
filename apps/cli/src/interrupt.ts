import { CliError, EXIT } from './cli-error';

/**
 * Aborts at the first Ctrl-C (or SIGTERM), so that the work in hand can be ended in good order. A second one ends the process
 * as it is.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort(new CliError('INTERRUPTED', 'Interrupted.', '', EXIT.interrupted));
    });
  }
  return controller.signal;
}

/** Resolves when the signal is given. */
export const interrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) return done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
