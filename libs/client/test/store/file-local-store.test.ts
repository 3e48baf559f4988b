import { copyFile, mkdir, open, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VirtualTimeScheduler } from 'rxjs';
import { claimOf } from '../../src/store/directory-lock';
import { fileError } from '../../src/store/file-errors';
import { fileLocalStore } from '../../src/store/file-local-store';
import { fileNameOf } from '../../src/store/group-files';
import type { LocalBatch, LocalDoc, LocalStore } from '../../src/store/local-store';
import type { LocalStoreError } from '../../src/store/local-store-error';
import { Child } from './child';
import { FileMedium } from './file-medium';

const doc = (key: string, size = 10): LocalDoc => ({
  key,
  schemaVersion: 1,
  body: new Uint8Array(size).fill(7),
});
const record = (id: string, size = 10): LocalBatch => ({
  records: new Map([[id, new Uint8Array(size).fill(1)]]),
});

const keysOf = (docs: readonly LocalDoc[] | undefined): string[] =>
  [...(docs ?? [])].map(({ key }) => key).sort();

describe('the file store', () => {
  let medium: FileMedium;
  let store: LocalStore;
  let reports: LocalStoreError[];
  let scheduler: VirtualTimeScheduler;

  const start = async (options: { readonly compactFrom?: number } = {}): Promise<void> => {
    reports = [];
    scheduler = new VirtualTimeScheduler();
    medium = await FileMedium.create({ report: (error) => reports.push(error), scheduler, ...options });
    store = medium.open();
  };

  const restart = async (): Promise<void> => {
    await store.close();
    store = medium.open();
  };

  beforeEach(() => start());

  afterEach(async () => {
    await store.close();
    await medium.dispose();
  });

  describe('compaction', () => {
    beforeEach(async () => {
      await store.close();
      await medium.dispose();
      await start({ compactFrom: 1_000 });
    });

    it('replaces the journal by a snapshot when the group is idle, and keeps everything', async () => {
      const group = await store.open('todo');
      for (let i = 0; i < 100; i++) await group.append({ docs: [doc(`${i % 10}`)], ...record(`${i}`) });
      expect(await medium.files('.journal')).toHaveLength(1);
      const before = await group.load();
      scheduler.flush();
      expect(await group.load()).toEqual(before);
      expect(await medium.files('.journal')).toEqual([]);
      expect(await medium.files('.snapshot')).toHaveLength(1);
      await group.append({ docs: [doc('after')] });
      await restart();
      expect(keysOf((await (await store.open('todo')).load())?.docs)).toEqual(
        [...Array.from({ length: 10 }, (_, i) => `${i}`), 'after'].sort(),
      );
      expect(reports).toEqual([]);
    });

    it('waits until the journal is larger than the snapshot', async () => {
      const group = await store.open('todo');
      await group.append({ docs: [doc('large', 5_000)] });
      scheduler.flush();
      await group.load();
      expect(await medium.files('.snapshot')).toHaveLength(1);
      await group.append({ docs: [doc('small', 2_000)] });
      scheduler.flush();
      await group.load();
      expect(await medium.files('.journal')).toHaveLength(1);
      await group.append({ docs: [doc('more', 4_000)] });
      scheduler.flush();
      await group.load();
      expect(await medium.files('.journal')).toEqual([]);
    });

    it('keeps what is appended while it runs', async () => {
      const group = await store.open('todo');
      await group.append({ docs: [doc('first', 5_000)] });
      scheduler.flush();
      await Promise.all([group.append({ docs: [doc('second')] }), group.append({ docs: [doc('third')] })]);
      await restart();
      expect(keysOf((await (await store.open('todo')).load())?.docs)).toEqual(['first', 'second', 'third']);
    });

    it('may end at any step: before the renaming, or before the journals are gone', async () => {
      const group = await store.open('todo');
      await group.append({ docs: [doc('kept', 3_000)], cursor: { token: 't', version: 1 } });
      await group.append({ removed: ['gone'], docs: [doc('also', 10)] });
      const before = await group.load();
      const journal = await medium.lastJournal('todo');
      await copyFile(journal, `${journal}.saved`);
      await store.close();
      const snapshot = await medium.snapshot('todo');
      const whole = await readFile(snapshot);

      // The journal is still there beside the snapshot that has it all.
      await copyFile(`${journal}.saved`, journal);
      store = medium.open();
      expect(await (await store.open('todo')).load()).toEqual(before);
      expect(await medium.files('.journal')).toEqual([]);
      await store.close();

      // The snapshot is half written, and not renamed.
      await rename(snapshot, `${snapshot}.new`);
      await writeFile(`${snapshot}.new`, whole.subarray(0, whole.length / 2));
      await copyFile(`${journal}.saved`, journal);
      store = medium.open();
      expect(await (await store.open('todo')).load()).toEqual(before);
      expect(await medium.files('.new')).toEqual([]);
      expect(reports).toEqual([]);
    });
  });

  describe('a damaged snapshot', () => {
    const full: LocalBatch = {
      docs: [doc('a', 1_000), doc('b', 1_000)],
      cursor: { token: 't', version: 5 },
      records: new Map([['pending', Uint8Array.of(1, 2, 3)]]),
    };

    beforeEach(async () => {
      await store.close();
      await medium.dispose();
      await start({ compactFrom: 0 });
      await (await store.open('todo')).append(full);
      await store.close();
      expect(await medium.files('.snapshot')).toHaveLength(1);
    });

    it('costs the docs, which the server has, but no record that can be read; and it is told', async () => {
      const path = await medium.snapshot('todo');
      const bytes = await readFile(path);
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] as number) ^ 1;
      await writeFile(path, bytes);
      store = medium.open();
      const group = await store.open('todo');
      expect(await group.load()).toEqual({ docs: [], cursor: undefined, records: full.records });
      expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
      expect(reports[0]?.message).toContain(path);

      await group.append({ replace: true, docs: [doc('again')], cursor: { token: 't', version: 6 } });
      await restart();
      expect(keysOf((await (await store.open('todo')).load())?.docs)).toEqual(['again']);
      expect(reports).toHaveLength(1);
    });

    it('is noticed wherever it is cut or changed', async () => {
      const path = await medium.snapshot('todo');
      const bytes = await readFile(path);
      for (let at = 0; at < bytes.length; at += 37) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 0x80;
        for (const damaged of [bytes.subarray(0, at), changed]) {
          await writeFile(path, damaged);
          reports.length = 0;
          store = medium.open();
          const state = await (await store.open('todo')).load();
          await store.close();
          expect(state).toMatchObject({ docs: [], cursor: undefined });
          expect(reports).toMatchObject([{ code: 'STORE_CORRUPT' }]);
        }
      }
    });

    it('makes the journal behind it count for its records, and for its docs from a replace on', async () => {
      store = medium.open();
      const group = await store.open('todo');
      await group.append({ docs: [doc('c')], cursor: { token: 't', version: 6 }, ...record('later') });
      const partly = await medium.crashed();
      await group.append({ replace: true, docs: [doc('d')], cursor: { token: 't', version: 7 } });
      const wholly = await medium.crashed();
      for (const copy of [partly, wholly]) {
        await writeFile(
          await copy.snapshot('todo'),
          (await readFile(await copy.snapshot('todo'))).subarray(0, -5),
        );
      }
      const load = async (from: FileMedium) => {
        const other = from.open();
        const state = await (await other.open('todo')).load();
        await other.close();
        await from.dispose();
        return state;
      };
      const first = await load(partly);
      expect(first).toMatchObject({ docs: [], cursor: undefined });
      expect([...(first?.records.keys() ?? [])]).toEqual(['pending', 'later']);
      expect(await load(wholly)).toMatchObject({ docs: [{ key: 'd' }], cursor: { version: 7 } });
    });
  });

  describe('the lock', () => {
    it('refuses a second store in this process, and lets it in after the first is closed', async () => {
      await store.open('todo');
      const second = medium.open();
      await expect(second.open('todo')).rejects.toMatchObject({ code: 'STORE_LOCKED' });
      await store.close();
      await second.open('todo');
      await second.close();
    });

    it('refuses another process by the name of the directory and the pid, until that process is dead', async () => {
      const child = new Child(
        medium.directory,
        `await store.open('todo'); say('open'); setInterval(() => {}, 1e6);`,
      );
      expect(await child.hear()).toBe('open');
      const refused = store.open('todo');
      await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED' });
      await expect(refused).rejects.toThrow(`'${medium.directory}' is in use by process ${child.pid}`);
      await child.kill();
      await store.open('todo');
    });

    it('lets exactly one of several in that come at the same moment', async () => {
      const stores = Array.from({ length: 5 }, () => medium.open());
      const opened = await Promise.allSettled(stores.map((each) => each.open('todo')));
      expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of stores) await each.close();
    });

    it('is not held by a pid that another process has by now, nor by half a lock file', async () => {
      await writeFile(
        join(medium.directory, '1.abc.lock'),
        JSON.stringify({ ...claimOf(1), started: 'before' }),
      );
      await writeFile(join(medium.directory, '2.abc.lock'), '');
      await store.open('todo');
      expect((await medium.files('.lock')).filter((name) => /^[12]\./.test(name))).toEqual([]);
    });

    it('goes by the last touch of a claim whose process cannot be asked for', async () => {
      const claim = join(medium.directory, '1.abc.lock');
      await writeFile(claim, JSON.stringify({ ...claimOf(1), host: 'another', pids: 'another container' }));
      await expect(store.open('todo')).rejects.toThrow(`in use by process 1 on 'another'`);
      const longAgo = new Date(Date.now() - 40_000);
      await utimes(claim, longAgo, longAgo);
      await store.open('todo');
    });

    it('is touched as long as it is held', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      try {
        await store.open('todo');
        const claim = join(medium.directory, (await medium.files('.lock'))[0] as string);
        await utimes(claim, 1, 1);
        jest.advanceTimersByTime(5_000);
        while ((await stat(claim)).mtimeMs === 1_000) await new Promise(setImmediate);
      } finally {
        jest.useRealTimers();
      }
    });

    it('leaves nothing behind', async () => {
      await store.open('todo');
      await store.close();
      expect(await medium.files()).toEqual([]);
    });
  });

  it('has every append that was acknowledged, and none without those before it, after kill -9', async () => {
    const child = new Child(
      medium.directory,
      `const group = await store.open('todo');
       for (let i = 1; ; i++) void group.append({ records: new Map([[String(i), new Uint8Array(100)]]) })
         .then(() => say(i)), i % 10 === 0 && await new Promise(setImmediate);`,
    );
    let acknowledged = 0;
    while (acknowledged < 300) acknowledged = (await child.hear()) as number;
    acknowledged = Math.max(acknowledged, ...((await child.kill()) as number[]));
    const ids = [...((await (await store.open('todo')).load())?.records.keys() ?? [])];
    expect(ids.length).toBeGreaterThanOrEqual(acknowledged);
    expect(ids).toEqual(ids.map((_, i) => `${i + 1}`));
  });

  it('survives one kill -9 after another while it compacts without a pause', async () => {
    let acknowledged = 0;
    for (let life = 0; life < 6; life++) {
      const child = new Child(
        medium.directory,
        `const group = await store.open('todo');
         for (let i = ${acknowledged + 1}; ; i++) {
           await group.append({ docs: [{ key: 'last', schemaVersion: 1, body: new Uint8Array(2000) }],
             cursor: { token: 't', version: i }, records: new Map([[String(i % 50), Uint8Array.of(i % 256)]]) });
           say(i);
           await new Promise((after) => setTimeout(after, 1));
         }`,
        { options: { idleAfter: 0, compactFrom: 0 } },
      );
      const target = acknowledged + 10 + life;
      while (acknowledged < target) acknowledged = (await child.hear()) as number;
      acknowledged = Math.max(acknowledged, ...((await child.kill()) as number[]));
      const state = await (await store.open('todo')).load();
      const version = state?.cursor?.version as number;
      expect(version).toBeGreaterThanOrEqual(acknowledged);
      expect(state?.records.get(`${version % 50}`)).toEqual(Uint8Array.of(version % 256));
      expect(keysOf(state?.docs)).toEqual(['last']);
      expect(reports).toEqual([]);
      acknowledged = version;
      await restart();
    }
  });

  it('says STORE_FULL when there is no room, refuses what comes behind, and loads what it promised', async () => {
    const child = new Child(
      medium.directory,
      `const group = await store.open('todo');
       let kept = 0, code;
       const append = (i) => group.append({ records: new Map([[String(i), new Uint8Array(1000)]]) });
       while (!code) await append(kept).then(() => kept++, (error) => { code = error.code; });
       const small = await group.append({}).then(() => 'taken', (error) => error.code);
       const loaded = (await group.load()).records.size;
       await group.close();
       const again = await store.open('todo');
       const reloaded = (await again.load()).records.size;
       await again.append({ droppedRecords: ['0'] });
       await store.close();
       say({ kept, code, small, loaded, reloaded });`,
      { fileBlocks: 40 },
    );
    const said = (await child.hear()) as { readonly kept: number };
    expect(said.kept).toBeGreaterThan(5);
    expect(said).toEqual({
      kept: said.kept,
      code: 'STORE_FULL',
      small: 'STORE_FULL',
      loaded: said.kept,
      reloaded: said.kept,
    });
    expect((await (await store.open('todo')).load())?.records.size).toBe(said.kept - 1);
  });

  it('says what the file system says, by stable codes', async () => {
    const error = (code: string): LocalStoreError =>
      fileError('/data', Object.assign(new Error('no'), { code }));
    expect(error('ENOSPC').code).toBe('STORE_FULL');
    expect(error('EDQUOT').code).toBe('STORE_FULL');
    expect(error('EACCES').code).toBe('STORE_DENIED');
    expect(error('EROFS').code).toBe('STORE_DENIED');
    expect(error('EIO')).toMatchObject({ code: 'STORE_FAILED', cause: { code: 'EIO' } });
    const file = join(medium.directory, 'file');
    await writeFile(file, '');
    await expect(fileLocalStore(join(file, 'below')).open('todo')).rejects.toMatchObject({
      code: 'STORE_FAILED',
    });
  });

  it('shares one sync among the appends that wait for it', async () => {
    const handle = await open(__filename);
    const prototype = Object.getPrototypeOf(handle) as { datasync(): Promise<void> };
    await handle.close();
    const sync = jest.spyOn(prototype, 'datasync');
    try {
      const group = await store.open('todo');
      await Promise.all(Array.from({ length: 1_000 }, (_, i) => group.append(record(`${i}`))));
      expect(sync.mock.calls.length).toBeLessThanOrEqual(3);
    } finally {
      sync.mockRestore();
    }
  });

  it('makes the directory, also several levels of it', async () => {
    const deep = fileLocalStore(join(medium.directory, 'a', 'b'));
    await (await deep.open('todo')).append(record('1'));
    await deep.close();
  });

  it('leaves files that are not its own alone, also on wipe', async () => {
    await writeFile(join(medium.directory, 'notes.txt'), 'mine');
    await mkdir(join(medium.directory, 'folder'));
    await (await store.open('todo')).append(record('1'));
    await store.wipe();
    expect(await medium.files()).toEqual(expect.arrayContaining(['folder', 'notes.txt']));
    expect(await medium.files('.journal')).toEqual([]);
  });

  it('names files so that people see whose they are', () => {
    expect(fileNameOf('list/Groceries 2')).toMatch(/^g-list-groceries-2\.[0-9a-f]{32}$/);
    expect(fileNameOf('A')).not.toBe(fileNameOf('a'));
  });

  it('keeps 100,000 docs in few files of about their size', async () => {
    const group = await store.open('cities');
    await group.append({ docs: Array.from({ length: 100_000 }, (_, i) => doc(`city:${i}`, 150)) });
    await restart();
    const state = await (await store.open('cities')).load();
    expect(state?.docs).toHaveLength(100_000);
    const files = await Promise.all((await medium.files()).map((name) => stat(join(medium.directory, name))));
    expect(files.length).toBeLessThan(5);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeLessThan(1.25 * 100_000 * (150 + 'city:12345'.length));
  });
});
