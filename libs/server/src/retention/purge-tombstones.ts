import type { CommitStore } from '../store/commit-store';
import type { Turns } from '../turns';
import type { Purged } from './purged';

/** What one turn removes at most, but for the rest of its last version; the writer waits no longer than for this. */
const TOMBSTONES_AT_ONCE = 1000;
const GROUPS_AT_ONCE = 256;

export interface PurgeDeps {
  readonly turns: Turns;
  readonly store: CommitStore;
  /** Asked before each turn; what is left stays for another time. */
  readonly isStopped: () => boolean;
  /** Hears what went of each group. */
  readonly onPurged: (purged: Purged) => void;
}

export interface PurgeRequest {
  /** Only this group; all by default. */
  readonly group?: string | undefined;
  /** Tombstones of docs deleted up to this moment go; milliseconds since 1970. */
  readonly until: number;
}

/** Removes old tombstones, in many short turns of the writer's; tells of groups of which something went. */
export async function purgeTombstones(deps: PurgeDeps, { group, until }: PurgeRequest): Promise<Purged[]> {
  const purged: Purged[] = [];
  for await (const name of group === undefined ? groupNames(deps) : [group]) {
    const gone = await purgeGroup(deps, name, until);
    if (gone === undefined) continue;
    deps.onPurged(gone);
    purged.push(gone);
  }
  return purged;
}

async function* groupNames({ turns, store, isStopped }: PurgeDeps): AsyncIterable<string> {
  let after = '';
  while (!isStopped()) {
    const request = { after, limit: GROUPS_AT_ONCE };
    const names = await turns.take(() => store.read((reader) => reader.groups(request)));
    yield* names;
    if (names.length < GROUPS_AT_ONCE) return;
    after = names.at(-1)!;
  }
}

async function purgeGroup(
  { turns, store, isStopped }: PurgeDeps,
  group: string,
  until: number,
): Promise<Purged | undefined> {
  let purged: Purged | undefined;
  while (!isStopped()) {
    const through = await turns.take(async () => {
      const request = { group, until, maxTombstones: TOMBSTONES_AT_ONCE };
      const horizon = await store.read((reader) => reader.horizon(request));
      if (horizon === undefined) return undefined;
      return { purgedThrough: horizon, tombstones: await store.purge(group, horizon) };
    });
    if (through === undefined) break;
    purged = { group, ...through, tombstones: (purged?.tombstones ?? 0) + through.tombstones };
  }
  return purged;
}
