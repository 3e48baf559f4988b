import { tap, type MonoTypeOperatorFunction, type Observer } from 'rxjs';
import type { StoredCommits } from './atoms/stored-commit';
import type { Committed } from './commit-batch';

/** Tells those in this process who follow commits what a transaction stored. */
export const announce = (to: Pick<Observer<StoredCommits>, 'next'>): MonoTypeOperatorFunction<Committed> =>
  tap(({ stored }) => {
    if (stored.size > 0) to.next(stored);
  });
