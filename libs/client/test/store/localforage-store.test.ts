import { setImmediate as turn } from 'node:timers/promises';
import { VirtualTimeScheduler } from 'rxjs';
import { Database } from '../../src/store/browser/database';
import type { LocalGroup, LocalStore } from '../../src/store/local-store';
import type { LocalStoreError } from '../../src/store/local-store-error';
import { IndexedDbMedium } from './indexed-db-medium';
import { doc, keysOf, record, recordsOf, until } from './local-batches';

describe('the localforage store', () => {
  let medium: IndexedDbMedium;
  let store: LocalStore;
  let group: LocalGroup;

  beforeEach(async () => {
    medium = new IndexedDbMedium();
    store = medium.open();
    group = await store.open('todo');
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    await medium.dispose();
  });

  describe('writing', () => {
    it('opens strict transactions', async () => {
      const transaction = jest.spyOn(IDBDatabase.prototype, 'transaction');
      await group.append(record('1'));
      await store.wipe();
      const writing = transaction.mock.calls.filter(([, mode]) => mode === 'readwrite');
      expect(writing).toHaveLength(2);
      for (const [, , options] of writing) expect(options).toEqual({ durability: 'strict' });
    });

    it('makes durable in one transaction, and one record a group, what waits in all groups', async () => {
      const other = await store.open('other');
      const transaction = jest.spyOn(IDBDatabase.prototype, 'transaction');
      await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? group : other).append(record(`${i}`))));
      expect(transaction).toHaveBeenCalledTimes(1);
      expect(await medium.keys('j')).toHaveLength(2);
    });

    it('costs what the batch costs, however much is stored', async () => {
      await group.append({ replace: true, docs: Array.from({ length: 20_000 }, (_, i) => doc(`${i}`)) });
      await group.load();
      const put = jest.spyOn(IDBObjectStore.prototype, 'put');
      const get = jest.spyOn(IDBObjectStore.prototype, 'getAll');
      await group.append({ docs: [doc('one')], ...record('its write') });
      expect(put).toHaveBeenCalledTimes(1);
      expect((put.mock.calls[0]?.[0] as Uint8Array).byteLength).toBeLessThan(150);
      expect(get).not.toHaveBeenCalled();
    });
  });

  describe('fencing', () => {
    let taker: LocalStore;

    beforeEach(() => {
      taker = medium.open();
    });

    afterEach(() => taker.close());

    it('gives a later store all that was appended before, and refuses the earlier one', async () => {
      await group.append(record('before'));
      const taken = await taker.open('todo');
      await expect(group.append(record('after'))).rejects.toMatchObject({
        name: 'LocalStoreError',
        code: 'STORE_CLOSED',
        message: expect.stringContaining('taken over') as string,
      });
      expect(recordsOf(await taken.load())).toEqual(['before']);
      await taken.append(record('goes on'));
      expect(recordsOf(await taken.load())).toEqual(['before', 'goes on']);
    });

    it('takes the whole store over, not the one group, and for good', async () => {
      const other = await store.open('other');
      await taker.open('todo');
      await expect(other.append(record('late'))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
      await expect(store.open('third')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
      await expect(store.wipe()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    });

    it('is not taken over by one that only asks which groups there are', async () => {
      await group.append(record('1'));
      expect(await taker.groups()).toEqual(['todo']);
      await group.append(record('2'));
    });

    it('loses no append that resolved and keeps none that was refused, whenever the other comes', async () => {
      for (let delay = 0; delay < 12; delay++) {
        const each = new IndexedDbMedium();
        const early = each.open();
        const late = each.open();
        const earlyGroup = await early.open('todo');
        const kept: string[] = [];
        const appending = (async () => {
          for (let i = 0; i < 200; i++) {
            await earlyGroup.append(record(`${i}`));
            kept.push(`${i}`);
          }
        })().catch((error: unknown) => error as LocalStoreError);
        for (let i = 0; i < delay; i++) await turn();
        const found = recordsOf(await (await late.open('todo')).load());
        expect(await appending).toMatchObject({ code: 'STORE_CLOSED' });
        expect(found).toEqual(kept.sort());
        await late.close();
        await each.dispose();
      }
    });

    it('lets an earlier store that wakes up change nothing, also by compacting', async () => {
      const scheduler = new VirtualTimeScheduler();
      const reports: LocalStoreError[] = [];
      const sleeper = medium.open({
        scheduler,
        compactFrom: 400,
        whenIdle: (act) => act(),
        report: (error) => reports.push(error),
      });
      await (await sleeper.open('todo')).append(record('1'));
      await (await taker.open('todo')).append(record('2'));
      const before = await medium.records();
      scheduler.flush();
      await until(() => reports.length > 0);
      expect(reports).toMatchObject([{ code: 'STORE_CLOSED' }]);
      await sleeper.close();
      expect(await medium.records()).toEqual(before);
    });
  });

  describe('compaction', () => {
    let scheduler: VirtualTimeScheduler;
    let reports: LocalStoreError[];

    const startCompacting = async (compactFrom: number): Promise<void> => {
      scheduler = new VirtualTimeScheduler();
      reports = [];
      await store.close();
      store = medium.open({
        scheduler,
        compactFrom,
        chunkBytes: 1_000,
        whenIdle: (act) => act(),
        report: (error) => reports.push(error),
      });
      group = await store.open('todo');
    };
    /** The scheduler's time passes until the journal is gone, or that has failed. */
    const compacted = (): Promise<void> =>
      until(async () => {
        scheduler.flush();
        return reports.length > 0 || (await medium.keys('j')).length === 0;
      });
    const reopened = async (): Promise<LocalGroup> => {
      await group.close();
      return (group = await store.open('todo'));
    };

    it('puts chunks in the place of the journal when the group is idle, and keeps everything', async () => {
      await startCompacting(10_000);
      for (let i = 0; i < 30; i++) await group.append({ docs: [doc(`${i % 10}`)], ...record(`${i}`) });
      expect(await medium.keys('j')).toHaveLength(30);
      const before = await group.load();
      await compacted();
      expect(await medium.keys('j')).toEqual([]);
      // Records, docs; there is no cursor.
      expect(await medium.keys('c')).toHaveLength(2);
      await reopened();
      expect(await group.load()).toEqual(before);
    });

    it('does not wait for a pause when the journal outgrows what it belongs to', async () => {
      await startCompacting(10_000);
      for (let i = 0; i < 200; i++) {
        await group.append({ docs: [doc('hot')] });
        expect((await medium.keys('j')).length).toBeLessThan(70);
      }
      expect(keysOf(await group.load())).toEqual(['hot']);
    });

    it('costs in proportion to what was appended', async () => {
      await startCompacting(10_000);
      let written = 0;
      const put = IDBObjectStore.prototype.put;
      jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        value,
        key,
      ) {
        written += (value as Uint8Array).byteLength;
        return put.call(this, value, key);
      });
      let appended = 0;
      for (let i = 0; i < 400; i++) {
        await group.append({ docs: [doc(`${i}`, 1_000)] });
        appended += 1_050;
      }
      expect(written).toBeLessThan(4 * appended);
      await reopened();
      expect(keysOf(await group.load())).toHaveLength(400);
    });

    it('leaves a fresh replacement alone, which is as good as chunks', async () => {
      await startCompacting(10_000);
      await group.append({ replace: true, docs: [doc('large', 100_000)] });
      scheduler.flush();
      await group.close();
      expect(await medium.keys('c')).toEqual([]);
    });

    it('keeps what is appended while it runs', async () => {
      await startCompacting(0);
      await group.append({ docs: Array.from({ length: 30 }, (_, i) => doc(`large ${i}`, 1_000)) });
      await Promise.all(['1', '2', '3'].map((id) => group.append(record(id))));
      await turn();
      await group.append(record('4'));
      await until(async () => (await medium.keys('m')).length === 1);
      // They were appended behind what the chunks are made of.
      expect(await medium.keys('j')).not.toEqual([]);
      await reopened();
      const state = await group.load();
      expect(recordsOf(state)).toEqual(['1', '2', '3', '4']);
      expect(keysOf(state)).toHaveLength(30);
      expect(reports).toEqual([]);
    });

    it('may end at any step; the next one tidies up', async () => {
      const put = IDBObjectStore.prototype.put;
      for (let steps = 0; ; steps++) {
        await startCompacting(10_000);
        await group.append({
          docs: Array.from({ length: 6 }, (_, i) => doc(`${i}`, 3_000)),
          ...record('r'),
        });
        await group.append({ droppedRecords: ['r'], removed: ['3'] });
        const before = await group.load();
        let left = steps;
        jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
          this: IDBObjectStore,
          value,
          key,
        ) {
          if (--left < 0) throw new DOMException('No room.', 'QuotaExceededError');
          return put.call(this, value, key);
        });
        await compacted();
        jest.restoreAllMocks();
        const ended = reports.length === 0;
        if (!ended) expect(reports).toMatchObject([{ code: 'STORE_FULL' }]);
        await reopened();
        expect(await group.load()).toEqual(before);
        reports = [];
        await compacted();
        expect(await medium.keys('j')).toEqual([]);
        const generations = (await medium.keys('c')).map((key) => key.split('.')[0]);
        expect(new Set(generations).size).toBe(1);
        await store.wipe();
        if (ended) break;
      }
    });
  });

  describe('storage trouble', () => {
    it('says that there is no room, keeps what it had, and refuses what comes after, until it is opened again', async () => {
      await group.append(record('before'));
      const put = jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      });
      const first = group.append(record('too much'));
      const waiting = group.append(record('waiting'));
      await expect(first).rejects.toMatchObject({ name: 'LocalStoreError', code: 'STORE_FULL' });
      await expect(waiting).rejects.toMatchObject({ code: 'STORE_FULL' });
      put.mockRestore();
      await expect(group.append(record('later'))).rejects.toMatchObject({ code: 'STORE_FULL' });
      expect(recordsOf(await group.load())).toEqual(['before']);
      await group.close();
      group = await store.open('todo');
      await group.append(record('again'));
      expect(recordsOf(await group.load())).toEqual(['again', 'before']);
    });

    it('says that there is no room when that shows at the end of the transaction', async () => {
      jest.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
        (this as unknown as { _abort(name: string): void })._abort('QuotaExceededError');
      });
      await expect(group.append(record('1'))).rejects.toMatchObject({ code: 'STORE_FULL' });
    });

    it.each([
      ['there is no IndexedDB', () => jest.replaceProperty(globalThis, 'indexedDB', undefined as never)],
      [
        'the page may not use it',
        () =>
          jest.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          }),
      ],
      [
        'it does not open in a private window',
        () =>
          jest.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
            const request = {
              error: new DOMException('No mutations.', 'InvalidStateError'),
            } as IDBOpenDBRequest;
            queueMicrotask(() => request.onerror?.(new Event('error')));
            return request;
          }),
      ],
    ])('says that it is denied when %s, and tries again', async (_, deny) => {
      const denied = new IndexedDbMedium();
      const other = denied.open();
      deny();
      await expect(other.open('todo')).rejects.toMatchObject({
        name: 'LocalStoreError',
        code: 'STORE_DENIED',
      });
      await expect(other.groups()).rejects.toMatchObject({ code: 'STORE_DENIED' });
      jest.restoreAllMocks();
      await (await other.open('todo')).append(record('1'));
      await other.close();
      await denied.dispose();
    });

    it('is not in the way of a tab that upgrades the database', async () => {
      const upgraded = await medium.connect(2);
      const refusal = { code: 'STORE_FAILED', message: expect.stringContaining('Reload') as string };
      await expect(group.append(record('1'))).rejects.toMatchObject(refusal);
      await expect(store.open('other')).rejects.toMatchObject(refusal);
      upgraded.close();
    });

    it('says when another tab is in the way of an upgrade, and lets go when it may come late', async () => {
      const old = await medium.connect();
      const newer = new Database(medium.database, 2);
      const count = () =>
        newer.transact(
          'readonly',
          ({ records }) =>
            () =>
              records.name,
        );
      await expect(count()).rejects.toMatchObject({
        code: 'STORE_LOCKED',
        message: expect.stringContaining('close or reload the other tabs') as string,
      });
      old.close();
      expect(await count()).toBe('records');
      newer.disconnect();
      // Would be blocked by the connection that came late.
      await newer.remove();
    });

    it('says that the page is too old for the database', async () => {
      await store.close();
      (await medium.connect(2)).close();
      store = medium.open();
      await expect(store.open('todo')).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('newer release') as string,
      });
    });

    it('opens the database again when the browser has closed it', async () => {
      const { forceCloseDatabase } = await import('fake-indexeddb');
      await group.append(record('1'));
      const transaction = jest.spyOn(IDBDatabase.prototype, 'transaction');
      await group.append(record('2'));
      forceCloseDatabase(transaction.mock.contexts[0] as never);
      await turn();
      await group.append(record('3'));
      expect(recordsOf(await group.load())).toEqual(['1', '2', '3']);
    });

    it('says that its data was deleted, and begins anew when the group is opened again', async () => {
      await group.append(record('1'));
      await medium.withRecords((records) => records.clear());
      await expect(group.append(record('2'))).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('was deleted while it was in use') as string,
      });
      await group.close();
      group = await store.open('todo');
      expect(await group.load()).toBeUndefined();
      await group.append(record('3'));
      expect(recordsOf(await group.load())).toEqual(['3']);
    });

    it('lets go of a database that is deleted, says so, and begins anew when the group is opened again', async () => {
      await group.append(record('1'));
      await medium.dispose();
      await expect(group.append(record('2'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
      // What came late has not made it anew.
      expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(medium.database);
      await group.close();
      group = await store.open('todo');
      expect(await group.load()).toBeUndefined();
      await group.append(record('3'));
      expect(recordsOf(await group.load())).toEqual(['3']);
    });

    it('does not take back what another tab took after the data was deleted', async () => {
      await medium.withRecords((records) => records.clear());
      await expect(group.append(record('1'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
      const other = medium.open();
      await other.open('todo');
      await expect(store.open('other')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
      await other.close();
    });
  });

  describe('removing', () => {
    const databases = async (): Promise<(string | undefined)[]> =>
      (await indexedDB.databases()).map(({ name }) => name);

    it('leaves no database', async () => {
      await group.append(record('1'));
      expect(await databases()).toContain(medium.database);
      await store.remove?.();
      expect(await databases()).not.toContain(medium.database);
      await expect(store.open('todo')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    });

    it('leaves nothing in a database that another tab does not let go of', async () => {
      await group.append(record('1'));
      const held = await medium.connect();
      await expect(store.remove?.()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
      const left = held.transaction('records').objectStore('records').getAllKeys();
      await new Promise((resolve) => (left.onsuccess = resolve));
      expect(left.result).toEqual(['owner']);
      held.close();
    });
  });
});
