import { openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import { until } from '../../../test/support/until';
import type { BenchDoc } from '../../contender';
import { timed, updatedKey, type Opened } from '../page';

const GROUP = 'bench';

let sync: AtomSync;
let docs: SyncedAtom<BenchDoc>;

/** The docs are at the server, from another client; this is a user's second device. */
export async function fill(count: number, server: string): Promise<void> {
  sync = openAtomSync('bench', { server });
  docs = syncedAtom(sync, GROUP);
  await until(docs, ({ size }) => size === count);
  // Appends are durable in order: with this one, all that came before.
  await update(updatedKey(count), [-1, count >> 1]);
}

export async function open(server: string, key: string): Promise<Opened> {
  const began = performance.now();
  sync = openAtomSync('bench', { server, paused: true });
  docs = syncedAtom(sync, GROUP);
  await docs.ready();
  const ms = performance.now() - began;
  return { ms, size: docs.value.size, n: docs.value.get(key)!.n };
}

/** Always strict. */
export function update(key: string, values: readonly number[]): Promise<number[]> {
  return timed(values, (n) => docs.transact((all) => all.update(key, (doc) => ({ ...doc, n }))).durable);
}

/** Settles first: what is pending would otherwise grow from run to run. */
export async function close(): Promise<void> {
  sync.resume();
  await docs.settled();
  await sync.close();
}
