import type { Cover } from '@atomsync/protocol';

/** Covers a doc keeps; beyond, the two oldest become one, which may tell too much but never too little. */
const MAX_COVERS = 4;

/**
 * A doc's covers with a new one, the youngest. Those that overlap it become one with it, which speaks of the
 * same versions as they did.
 *
 * @example withCover([{ since: 3, by: 6 }], { since: 5, by: 7 }) // [{ since: 3, by: 7 }]
 */
export function withCover(covers: readonly Cover[], cover: Cover): readonly Cover[] {
  const apart = covers.filter(({ by }) => by <= cover.since);
  const since = Math.min(cover.since, covers[apart.length]?.since ?? cover.since);
  const all = [...apart, { since, by: cover.by }];
  const [first, second, ...rest] = all;
  if (all.length <= MAX_COVERS || !first || !second) return all;
  return [{ since: first.since, by: second.by }, ...rest];
}
