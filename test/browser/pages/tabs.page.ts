import { inc } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type AtomSync, type SyncedAtom, type SyncStatus } from '@atomsync/client';
import { until } from '../../support/until';

declare global {
  /** Tells the test of a key that is durable; there where the test exposed it. */
  var reportDurable: ((key: string) => Promise<void>) | undefined;
}

let conn: AtomSync;
let docs: SyncedAtom<number>;
const durable: string[] = [];
const seen: { readonly code: string; readonly message: string }[] = [];

export async function open(server: string, group: string, user?: string, persist = false): Promise<void> {
  conn = openAtomSync('tabs', { server, persist, ...(user === undefined ? {} : { user }) });
  docs = syncedAtom<number>(conn, group);
  docs.status$.subscribe(({ error }) => {
    if (error && error.code !== seen.at(-1)?.code) seen.push({ code: error.code, message: error.message });
  });
  await until(docs.status$, ({ phase }) => phase !== 'loading');
}

/** As `open`; tells which of `keys` the local store did not bring, before anything else can. */
export async function openWith(
  server: string,
  group: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  await open(server, group);
  return missing(keys);
}

export function put(key: string, value = 1): void {
  docs.put(key, value);
}

/** Writes so many docs, one by one, each once the one before is durable. */
export async function putAll(prefix: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await putDurably(`${prefix}-${i}`);
}

/** Writes without an end. */
export function putOn(prefix: string): void {
  void putAll(prefix, Infinity);
}

/** Writes these, and waits until all are durable. */
export async function putKeys(keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map(putDurably));
}

export async function putDurably(key: string): Promise<void> {
  await docs.transact((all) => all.with(key, 1)).durable;
  durable.push(key);
  // No faster than the test can listen.
  await globalThis.reportDurable?.(key);
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

/** Those of `keys` that are not there. */
export function missing(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => !docs.value.has(key));
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

/** Resolves with the message once the status has, or has had, an error of this code. */
export async function untilError(code: string): Promise<string> {
  await until(docs.status$, () => seen.some((error) => error.code === code));
  return seen.find((error) => error.code === code)!.message;
}

/** Resolves when the status has no error. */
export async function untilNoError(): Promise<void> {
  await until(docs.status$, ({ error }: SyncStatus) => error === undefined);
}

export async function untilPhase(phase: string): Promise<void> {
  await until(docs.status$, (now) => now.phase === phase);
}

/** The errors that the status has had, one after the other. */
export function errorsSeen(): readonly { readonly code: string; readonly message: string }[] {
  return seen;
}

export function persisted(): Promise<boolean> {
  return conn.persisted;
}

export async function signOut(data: 'keep' | 'wipe'): Promise<void> {
  await conn.signOut({ data });
}

export async function signIn(user: string): Promise<void> {
  await conn.signIn({ user });
}

/** Keeps the page's thread from everything else. */
export function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

export async function databases(): Promise<readonly string[]> {
  return (await indexedDB.databases()).flatMap(({ name }) => name ?? []).sort();
}

/** A write larger than what is left in a journal, one by one until the journal is compacted. */
export async function putLarge(key: string, bytes: number): Promise<void> {
  await docs.transact((all) => all.with(key, new Uint8Array(bytes) as unknown as number)).durable;
}

/** Resolves when the group's journal has become chunks. */
export async function untilCompacted(name: string): Promise<void> {
  while (!(await keys(name)).some((key) => key.includes(':c')))
    await new Promise((idle) => setTimeout(idle, 50));
}

const openDatabase = IDBFactory.prototype.open;

/** What a browser does whose user lets no site store data. */
export function denyDatabases(denied: boolean): void {
  IDBFactory.prototype.open = denied
    ? () => {
        throw new DOMException('The user denied permission to access the database.', 'SecurityError');
      }
    : openDatabase;
}

/** Deletes the client's database; resolves with what came of it. */
export function deleteDatabase(name: string): Promise<'blocked' | 'deleted'> {
  return new Promise((done, failed) => {
    const request = indexedDB.deleteDatabase(name);
    request.onblocked = () => {
      done('blocked');
    };
    request.onsuccess = () => {
      done('deleted');
    };
    request.onerror = () => {
      failed(request.error!);
    };
  });
}

let held: IDBDatabase | undefined;

/** Opens a database of the client, as something else on the page might, and never lets go by itself. */
export function holdDatabase(name: string, version?: number): Promise<'blocked' | 'open'> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(name, version);
    request.onblocked = () => {
      done('blocked');
    };
    request.onsuccess = () => {
      held = request.result;
      done('open');
    };
    request.onerror = () => {
      failed(request.error!);
    };
  });
}

export function letGo(): void {
  held?.close();
}

/**
 * Does something to the first record whose key matches, behind the client's back. Tells how many there were.
 */
export async function damage(name: string, pattern: string, how: 'delete' | 'tear'): Promise<number> {
  await holdDatabase(name);
  const transaction = held!.transaction('records', 'readwrite');
  const records = transaction.objectStore('records');
  let hits = 0;
  await new Promise<void>((done, failed) => {
    transaction.oncomplete = () => {
      done();
    };
    transaction.onabort = () => {
      failed(transaction.error!);
    };
    const cursor = records.openCursor();
    cursor.onsuccess = () => {
      const at = cursor.result;
      if (!at) return;
      if (hits === 0 && new RegExp(pattern).test(at.key as string)) {
        hits++;
        if (how === 'delete') at.delete();
        else at.update((at.value as Uint8Array).slice(0, -3));
      }
      at.continue();
    };
  });
  letGo();
  return hits;
}

export async function keys(name: string): Promise<readonly string[]> {
  await holdDatabase(name);
  const found = await heldKeys();
  letGo();
  return found;
}

/** The keys in the database that is held. */
export async function heldKeys(): Promise<readonly string[]> {
  const request = held!.transaction('records').objectStore('records').getAllKeys();
  await new Promise((done) => (request.onsuccess = done));
  return request.result as string[];
}
