import type { Version } from '@atomsync/protocol';
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Committed, DecidedPush } from './commit-batch';
import type { Feeds } from './feeds/feeds';
import { errorMessage } from './error-message';

/** Answers every push and write, after the commits it names have gone out. */
export const acknowledge = (feeds: Feeds): MonoTypeOperatorFunction<Committed> =>
  tap(({ pushes, writes }) => {
    for (const decided of pushes) {
      feeds.whenShown(decided.push.group, newestNamed(decided), () => acknowledgeOne(decided));
    }
    for (const { write, outcome } of writes) write.done(outcome);
  });

/** The newest version that an answer names; 0 where it names none. */
function newestNamed({ outcome }: DecidedPush): Version {
  const results = outcome.kind === 'decided' ? outcome.results : [];
  return results.reduce(
    (newest, result) => ('version' in result ? Math.max(newest, result.version) : newest),
    0,
  );
}

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
