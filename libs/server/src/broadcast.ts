import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Committed } from './commit-batch';
import type { Feeds } from './feeds/feeds';

/** ⑩ Shows the commits to all feeds of their groups, encoded once for each. */
export const broadcast = (feeds: Feeds): MonoTypeOperatorFunction<Committed> =>
  tap(({ commits }) => {
    for (const [group, inGroup] of commits) feeds.show(group, inGroup);
  });
