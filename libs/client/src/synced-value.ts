import type { Write } from '@atomsync/atom';
import { assertGroup } from '@atomsync/protocol';
import type { AtomSync } from './atom-sync';
import type { GroupHost } from './group-host';
import { Synced } from './synced';
import type { SyncOptions } from './write-rules';

/** The one doc of a group that holds a single value. */
const KEY = 'value';

export interface SyncedValueOptions<T> extends SyncOptions<T> {
  /** Judges the value after every own write: `false` or a throw refuses it. */
  readonly validate?: (value: T) => boolean | void;
}

/**
 * An atom that holds one value, the same in every client that opens it. Where nothing has been written yet
 * it holds the initial value, which is never written by itself.
 *
 * @example
 * const state = syncedValue(conn, 'app-state', { users: [] as string[], count: 0 });
 * state.at('count').swap((n) => n + 1);
 */
export class SyncedValue<T> extends Synced<T, T> {
  /** @internal Use {@link syncedValue}. */
  constructor(sync: AtomSync, name: string, initial: T, options: SyncedValueOptions<T>, host: GroupHost) {
    super({
      sync,
      host,
      name,
      options,
      initial,
      prefix: '',
      validate: options.validate,
      read: (docs) => (docs.has(KEY) ? (docs.get(KEY) as T) : initial),
      locate: (write) => within(write, initial),
    });
  }
}

/** A write of the value as a write of the doc that holds it; the initial value travels along. */
function within<T>(write: Write, initial: T): Write {
  const defaults = (write.defaults ?? []).map(({ depth, value }) => ({ depth: depth + 1, value }));
  return { ...write, path: [KEY, ...write.path], defaults: [{ depth: 1, value: initial }, ...defaults] };
}

/**
 * The value of a group; opened twice, it is the same atom. `close()` it as often.
 *
 * @param initial stands for the value where none has been written
 * @throws ClientError `CLOSED`, `GROUP_IN_USE`; ProtocolError `INVALID_GROUP`
 */
export function syncedValue<T>(
  sync: AtomSync,
  group: string,
  initial: T,
  options: SyncedValueOptions<T> = {},
): SyncedValue<T> {
  assertGroup(group);
  return sync.acquire(
    'synced value',
    group,
    '',
    (host) => new SyncedValue<T>(sync, group, initial, options, host),
  );
}
