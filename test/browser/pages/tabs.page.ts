import { inc } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import { until } from '../../support/until';

let conn: AtomSync;
let docs: SyncedAtom<number>;
const durable: string[] = [];

export async function open(server: string, group: string, user?: string): Promise<void> {
  conn = openAtomSync('tabs', { server, ...(user === undefined ? {} : { user }) });
  docs = syncedAtom<number>(conn, group);
  await until(docs.status$, ({ phase }) => phase !== 'loading');
}

export function put(key: string, value = 1): void {
  docs.put(key, value);
}

/** Writes so many docs, one by one, each once the one before is durable. */
export async function putAll(prefix: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await putDurably(`${prefix}-${i}`);
}

/** Writes without an end. */
export async function putOn(prefix: string): Promise<void> {
  for (let i = 0; ; i++) await putDurably(`${prefix}-${i}`);
}

export async function putDurably(key: string): Promise<void> {
  await docs.transact((all) => all.with(key, 1)).durable;
  durable.push(key);
}

/** What has been durable so far. */
export function durableKeys(): readonly string[] {
  return durable;
}

export function count(key: string, times = 1): void {
  for (let i = 0; i < times; i++) docs.at(key, { default: 0 }).swap((n) => n + 1);
}

export function countByName(key: string): void {
  docs.at(key, { default: 0 }).swap(inc);
}

export function value(): Record<string, number> {
  return docs.value.toJSON() as Record<string, number>;
}

export function size(): number {
  return docs.value.size;
}

export async function untilSize(size: number): Promise<void> {
  await until(docs, (all) => all.size === size);
}

export async function untilValue(key: string, expected: number): Promise<void> {
  await until(docs, (all) => all.get(key) === expected);
}

export async function settled(): Promise<void> {
  await docs.settled();
}

export async function status(): Promise<string> {
  const { phase, error } = await until(docs.status$, () => true);
  return error ? `${phase} ${error.code}` : phase;
}
