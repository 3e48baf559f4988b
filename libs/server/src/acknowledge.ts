import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Committed, DecidedPush } from './commit-batch';
import { errorMessage } from './error-message';

/** Answers every push and write, after the commits it names have gone out. */
export const acknowledge = (): MonoTypeOperatorFunction<Committed> =>
  tap(({ pushes, writes }) => {
    pushes.forEach(acknowledgeOne);
    for (const { write, outcome } of writes) write.done(outcome);
  });

function acknowledgeOne({ push, source, outcome }: DecidedPush): void {
  const { group, clientId } = push;
  if (outcome.kind === 'failed')
    return source.answer(errorMessage(outcome.fault.code, outcome.fault.message, { group }));
  if (outcome.kind === 'resync') {
    source.resync(group, outcome.reason);
    return source.answer({ type: 'pushed', group, clientId, results: [] });
  }
  source.answer({ type: 'pushed', group, clientId, results: outcome.results });
  if (outcome.fault !== undefined)
    source.answer(errorMessage(outcome.fault.code, outcome.fault.message, { group }));
}
