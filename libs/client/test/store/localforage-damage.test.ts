import type { LocalBatch, LocalState } from '../../src/store/local-store';
import type { LocalStoreError } from '../../src/store/local-store-error';
import { VirtualTimeScheduler } from 'rxjs';
import { IndexedDbMedium } from './indexed-db-medium';
import { doc, keysOf, record, recordsOf, until } from './local-batches';

/** Changes or removes one stored record. */
type Damage = (records: IDBObjectStore, key: string, value: Uint8Array) => void;

const damages: readonly (readonly [string, Damage])[] = [
  ['is missing', (records, key) => records.delete(key)],
  [
    'has a changed bit',
    (records, key, value) => records.put(value.with(value.length >> 1, value[value.length >> 1]! ^ 4), key),
  ],
  ['is cut', (records, key, value) => records.put(value.slice(0, -1), key)],
  ['is empty', (records, key) => records.put(new Uint8Array(), key)],
  ['is no bytes at all', (records, key) => records.put({ torn: true }, key)],
];

/** As it is from the next time on. */
const whole = (state: LocalState | undefined): Partial<LocalState> => {
  expect(state?.damage).toMatchObject({ code: 'STORE_CORRUPT' });
  const { damage: _, ...rest } = state!;
  return rest;
};

describe('a damaged localforage store', () => {
  let medium: IndexedDbMedium;
  let reports: LocalStoreError[];

  // What is stored stays as it was stored, unless the test compacts.
  const open = () =>
    medium.open({ compactFrom: Infinity, chunkBytes: 250, report: (error) => reports.push(error) });

  const append = async (...batches: readonly LocalBatch[]): Promise<void> => {
    const store = open();
    const group = await store.open('todo');
    for (const batch of batches) await group.append(batch);
    await store.close();
  };

  const load = async (): Promise<LocalState | undefined> => {
    const store = open();
    const state = await (await store.open('todo')).load();
    await store.close();
    return state;
  };

  const compact = async (): Promise<void> => {
    const scheduler = new VirtualTimeScheduler();
    const store = medium.open({ scheduler, compactFrom: 0, chunkBytes: 250, whenIdle: (act) => act() });
    const group = await store.open('todo');
    scheduler.flush();
    await until(async () => (await medium.keys('j')).length === 0);
    await group.close();
    await store.close();
  };

  const damage = async (key: string, act: Damage): Promise<void> => {
    const value = (await medium.records()).get(key);
    await medium.withRecords((records) => act(records, key, value as Uint8Array));
  };

  beforeEach(async () => {
    reports = [];
    medium = new IndexedDbMedium();
    await append({
      docs: Array.from({ length: 8 }, (_, i) => doc(`${i}`, 100)),
      cursor: { token: 't', version: 1 },
      records: new Map(['a', 'b', 'c'].map((id) => [id, new Uint8Array(200)])),
    });
    await compact();
    await append(
      { docs: [doc('later')], ...record('d') },
      { removed: ['later'], droppedRecords: ['a'], cursor: { token: 't', version: 2 } },
      { docs: [doc('last')], ...record('e') },
    );
  });

  afterEach(() => medium.dispose());

  it.each(damages)('is noticed where a chunk %s: docs are fetched again, pending is kept', async (_, act) => {
    const chunks = await medium.keys('c');
    // Three records of 200 bytes, eight docs of 100, the cursor.
    expect(chunks).toHaveLength(2 + 3 + 1);
    for (const [i, chunk] of chunks.entries()) {
      const copy = await medium.crashed();
      const undamaged = medium;
      medium = copy;
      reports = [];
      await damage(chunk, act);
      const state = await load();
      expect(state).toMatchObject({ docs: [], cursor: undefined });
      expect(recordsOf(state)).toEqual(
        i === 0 ? ['c', 'd', 'e'] : i === 1 ? ['b', 'd', 'e'] : ['b', 'c', 'd', 'e'],
      );
      expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
      expect(await load()).toEqual(whole(state));
      await append({ replace: true, docs: [doc('fetched')], cursor: { token: 't', version: 3 } });
      expect(keysOf(await load())).toEqual(['fetched']);
      expect(reports).toHaveLength(1);
      await copy.dispose();
      medium = undamaged;
    }
  });

  it.each(damages)('is noticed where a journal record %s', async (_, act) => {
    const [first, second] = (await medium.keys('j')) as [string, string];
    await damage(second, act);
    const state = await load();
    expect(state).toMatchObject({ docs: [], cursor: undefined });
    // What the record between dropped is back; dropping it is made up for by the server's word.
    expect(recordsOf(state)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
    expect(first).not.toEqual(second);
  });

  it.each(damages)('is noticed where the manifest %s', async (_, act) => {
    const [manifest] = (await medium.keys('m')) as [string];
    await damage(manifest, act);
    const state = await load();
    expect(state).toMatchObject({ docs: [], cursor: undefined });
    expect(recordsOf(state)).toEqual(['b', 'c', 'd', 'e']);
    expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
    expect(await load()).toEqual(whole(state));
    expect(reports).toHaveLength(1);
  });

  it('is noticed where chunks have changed places', async () => {
    const [, , one, other] = (await medium.keys('c')) as [string, string, string, string];
    const records = await medium.records();
    await medium.withRecords((store) => {
      store.put(records.get(one), other);
      store.put(records.get(other), one);
    });
    expect(await load()).toMatchObject({ docs: [], cursor: undefined });
    expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
  });

  it('is noticed where only chunks are left', async () => {
    const gone = [...(await medium.keys('m')), ...(await medium.keys('j'))];
    await medium.withRecords((store) => gone.forEach((key) => store.delete(key)));
    const state = await load();
    expect(state).toMatchObject({ docs: [], cursor: undefined });
    expect(recordsOf(state)).toEqual(['a', 'b', 'c']);
    expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
  });

  it('is whole, at an earlier moment, where the end of the journal is missing', async () => {
    const last = (await medium.keys('j')).at(-1) as string;
    await medium.withRecords((store) => store.delete(last));
    const state = await load();
    expect(state?.cursor).toEqual({ token: 't', version: 2 });
    expect(keysOf(state)).toHaveLength(8);
    expect(recordsOf(state)).toEqual(['b', 'c', 'd']);
    expect(reports).toEqual([]);
  });

  it('is whole from a replacement on, whatever is damaged before', async () => {
    await append({ replace: true, docs: [doc('new')], cursor: { token: 't', version: 3 } });
    await damage((await medium.keys('c'))[2] as string, (records, key) => records.delete(key));
    const state = await load();
    expect(keysOf(state)).toEqual(['new']);
    expect(state?.cursor).toEqual({ token: 't', version: 3 });
    expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
  });

  it('does not open where it cannot be repaired, so that no pending record is lost by going on', async () => {
    await damage((await medium.keys('c'))[3] as string, (records, key) => records.delete(key));
    const before = await medium.records();
    const put = jest.spyOn(IDBObjectStore.prototype, 'put');
    const store = open();
    await store.open('other');
    put.mockImplementation(() => {
      throw new DOMException('No room.', 'QuotaExceededError');
    });
    await expect(store.open('todo')).rejects.toMatchObject({ code: 'STORE_FULL' });
    put.mockRestore();
    await store.close();
    const { owner: _before, ...left } = Object.fromEntries(before);
    const { owner: _after, ...now } = Object.fromEntries(await medium.records());
    expect(now).toEqual(left);
    expect(recordsOf(await load())).toEqual(['b', 'c', 'd', 'e']);
  });
});
