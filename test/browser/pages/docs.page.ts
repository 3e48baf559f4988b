import { openAtomSync, syncedAtom, type SyncedAtom } from '@atomsync/client';
import { until } from '../../support/until';
import { change, everyType, type EveryType } from '../every-type';

let docs: SyncedAtom<EveryType>;

export async function open(server: string, group: string): Promise<void> {
  docs = syncedAtom<EveryType>(openAtomSync('page', { server }), group);
  await docs.ready();
}

export function put(key: string): void {
  docs.put(key, everyType());
}

export async function changeWhenThere(key: string): Promise<void> {
  await until(docs, (value) => value.has(key));
  docs.at(key).swap(change);
}

export function size(): number {
  return docs.value.size;
}

export async function untilSize(count: number): Promise<void> {
  await until(docs, (value) => value.size === count);
}
