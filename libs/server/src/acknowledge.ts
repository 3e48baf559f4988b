import { errorFacts, type DownMessage } from '@atomsync/protocol';
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Committed, DecidedPush } from './commit-batch';
import type { Fault } from './check-push';

/** How long a client is asked to wait after a fault of the server's, in milliseconds. */
const RETRY_AFTER = 1000;

/** Answers every push, after the commits it names have gone out. */
export const acknowledge = (): MonoTypeOperatorFunction<Committed> =>
  tap(({ pushes }) => pushes.forEach(acknowledgeOne));

function acknowledgeOne({ push, source, outcome }: DecidedPush): void {
  const { group, clientId } = push;
  if (outcome.kind === 'failed') return source.answer(errorOf(outcome.fault, group));
  if (outcome.kind === 'resync') {
    source.resync(group, outcome.reason);
    return source.answer({ type: 'pushed', group, clientId, results: [] });
  }
  source.answer({ type: 'pushed', group, clientId, results: outcome.results });
  if (outcome.fault !== undefined) source.answer(errorOf(outcome.fault, group));
}

function errorOf({ code, message }: Fault, group: string): DownMessage {
  const { retryable } = errorFacts(code);
  return {
    type: 'error',
    code,
    message,
    retryable,
    group,
    ...(code === 'INTERNAL' && { retryAfter: RETRY_AFTER }),
  };
}
