/* eslint-disable max-lines -- one suite: what a store must do is read, and run, as a whole */
import {
  afterVersion,
  AtomSyncServerError,
  type CommitStore,
  type DocRow,
  type Epoch,
  type GroupRow,
  type LineRow,
  type PageRequest,
  type Position,
  type Writes,
} from '@atomsync/server';
import { deepStrictEqual, ok, rejects } from 'node:assert/strict';

/** The two functions of a test runner that the suite uses; jest's and vitest's globals both fit. */
export interface SuiteRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** A place for data that outlives the stores opened on it. */
export interface CommitStorePlace {
  /** A store on this place's data, not yet open. */
  store(): CommitStore;
  /** Removes the data. Called when all stores are closed. */
  dispose(): Promise<void>;
}

/**
 * What every `CommitStore` does. Run it from an adapter's own tests.
 *
 * @example
 * commitStoreContract('MemoryCommitStore', makePlace, { describe, it });
 */
export function commitStoreContract(
  name: string,
  makePlace: () => Promise<CommitStorePlace>,
  { describe, it }: SuiteRunner,
): void {
  const test = (title: string, body: (store: CommitStore, place: CommitStorePlace) => Promise<void>) =>
    it(title, async () => {
      const place = await makePlace();
      const store = place.store();
      try {
        await store.open({ id: 'first', startedAt: 1 });
        await body(store, place);
      } finally {
        await store.close();
        await place.dispose();
      }
    });

  describe(`${name} keeps the contract of CommitStore`, () => {
    test('gives back what was saved, and nothing of what was not', async (store) => {
      await save(store, { groups: [group()], docs: [doc(), tombstone('gone')], lines: [line()] });
      const rows = await store.read((reader) =>
        reader.load({
          groups: ['g', 'other'],
          docs: ['k', 'gone', 'never'].map((key) => ({ group: 'g', key })),
          lines: [
            { group: 'g', clientId: 'c' },
            { group: 'other', clientId: 'c' },
          ],
        }),
      );
      deepStrictEqual(rows.groups.map(plain), [plain(group())]);
      deepStrictEqual(sorted(rows.docs), sorted([doc(), tombstone('gone')]));
      deepStrictEqual(rows.lines.map(plain), [plain(line())]);
    });

    test('keeps what has been covered of a doc, and forgets it where a row says no more of it', async (store) => {
      const covers = [
        { since: 0, by: 3 },
        { since: 4, by: Number.MAX_SAFE_INTEGER },
      ];
      const docs = [doc({ covers }), tombstone('gone', { version: 2, covers: covers.slice(1) })];
      await save(store, { docs });
      const load = () => store.read((reader) => reader.load({ groups: [], docs, lines: [] }));
      deepStrictEqual(sorted((await load()).docs), sorted(docs));
      deepStrictEqual((await all(store)).map(plain), docs.map(plain));
      await save(store, { docs: [doc({ version: 4 })] });
      deepStrictEqual(sorted((await load()).docs), sorted([doc({ version: 4 }), docs[1]!]));
    });

    test('keeps both kinds of answers of a line, with gaps between versions', async (store) => {
      const results: LineRow['results'] = [
        { number: 4, kind: 'accepted', version: 10 },
        { number: 5, kind: 'accepted', version: 11 },
        { number: 6, kind: 'accepted', version: 20 },
        { number: 7, kind: 'refused', code: 'FORBIDDEN', message: 'no "entry"' },
        { number: 8, kind: 'accepted', version: 21 },
      ];
      await save(store, { lines: [line({ results, closed: true })] });
      const { lines } = await store.read((reader) =>
        reader.load({ groups: [], docs: [], lines: [{ group: 'g', clientId: 'c' }] }),
      );
      deepStrictEqual(lines.map(plain), [plain(line({ results, closed: true }))]);
    });

    test('replaces rows of the same identity', async (store) => {
      await save(store, { groups: [group()], docs: [doc(), doc({ key: 'l' })], lines: [line()] });
      await save(store, {
        groups: [group({ head: 9 })],
        docs: [tombstone('k', { version: 9, updatedBy: 'bob' })],
        lines: [line({ last: 5, results: [] })],
      });
      const rows = await store.read((reader) =>
        reader.load({
          groups: ['g'],
          docs: [{ group: 'g', key: 'k' }],
          lines: [{ group: 'g', clientId: 'c' }],
        }),
      );
      deepStrictEqual(rows.groups[0]?.head, 9);
      deepStrictEqual(rows.docs.map(plain), [plain(tombstone('k', { version: 9, updatedBy: 'bob' }))]);
      deepStrictEqual(rows.lines[0]?.last, 5);
      deepStrictEqual(keys(await all(store)), ['l', 'k']);
    });

    test('stores a transaction of many rows whole', async (store) => {
      const docs = Array.from({ length: 1701 }, (_, i) => doc({ key: `k${i}`, version: i + 1 }));
      await save(store, { docs });
      const rows = await store.read((reader) => reader.load({ groups: [], docs, lines: [] }));
      deepStrictEqual(sorted(rows.docs), sorted(docs));
    });

    test('stores nothing of a transaction that throws', async (store) => {
      await save(store, { docs: [doc()] });
      const failing = store.write(async (writer) => {
        await writer.save({
          ...none,
          docs: [doc({ version: 7 }), doc({ key: 'new', version: 7 })],
          groups: [group()],
        });
        throw new Error('no');
      });
      await rejects(failing, /no/);
      deepStrictEqual((await all(store)).map(plain), [plain(doc())]);
      const { groups } = await store.read((reader) => reader.load({ groups: ['g'], docs: [], lines: [] }));
      deepStrictEqual(groups, []);
      await save(store, { docs: [doc({ version: 8 })] });
    });

    test('keeps groups apart', async (store) => {
      await save(store, { docs: [doc(), doc({ group: 'h', version: 2 })] });
      deepStrictEqual((await all(store, { group: 'h' })).map(plain), [
        plain(doc({ group: 'h', version: 2 })),
      ]);
    });

    test('tells names apart by every byte, and takes any', async (store) => {
      const names = [
        'a',
        'A',
        'ä',
        'a\u0308',
        '__proto__',
        'constructor',
        "'",
        '"',
        '\\',
        '%',
        '_',
        '[0]',
        '$.a',
        '1',
        '01',
      ].concat(['\u{1F600}', '\uFFFF', '\u{10FFFF}', ' ', ' a', 'a ', '\n', 'k'.repeat(1024)]);
      const docs = names.flatMap((key, i) => [
        doc({ key, version: i + 1 }),
        doc({ group: key, key, version: i + 1 }),
      ]);
      await save(store, { docs });
      const rows = await store.read((reader) => reader.load({ groups: [], docs, lines: [] }));
      deepStrictEqual(sorted(rows.docs), sorted(docs));
      for (const prefix of ['a', '%', '_', '\u{1F600}', '\u{10FFFF}', 'k'.repeat(1024)]) {
        const expected = names.filter((key) => key.startsWith(prefix));
        deepStrictEqual(keys(await all(store, { prefix })), expected, `prefix ${prefix}`);
      }
    });

    test('pages by version, then by key, each doc once', async (store) => {
      const docs = [
        ...['a', 'b', 'c'].map((key) => doc({ key, version: 5 })),
        doc({ key: 'd', version: 2 }),
        tombstone('e', { version: 3 }),
        doc({ key: 'f', version: 11 }),
      ];
      await save(store, { docs });
      for (const maxDocs of [1, 2, 3, 100]) {
        deepStrictEqual(
          keys(await all(store, { maxDocs })),
          ['d', 'e', 'a', 'b', 'c', 'f'],
          `maxDocs ${maxDocs}`,
        );
      }
      deepStrictEqual(keys(await all(store, { after: afterVersion(3) })), ['a', 'b', 'c', 'f']);
      deepStrictEqual(keys(await all(store, { after: { version: 5, key: 'b' } })), ['c', 'f']);
      deepStrictEqual(keys(await all(store, { after: afterVersion(11) })), []);
    });

    test('says whether a page is the last one', async (store) => {
      await save(store, { docs: [doc({ key: 'a', version: 1 }), doc({ key: 'b', version: 2 })] });
      const more = async (maxDocs: number) =>
        (await store.read((reader) => reader.page(request({ maxDocs })))).more;
      deepStrictEqual([await more(1), await more(2), await more(3)], [true, false, false]);
    });

    test('bounds pages by bytes, and gives at least one doc', async (store) => {
      const docs = [100, 10, 10, 100].map((size, i) =>
        doc({ key: `k${i}`, version: i + 1, body: new Uint8Array(size) }),
      );
      await save(store, { docs });
      const sizes: number[] = [];
      await all(store, { maxBytes: 20 }, (page) => sizes.push(page.length));
      deepStrictEqual(sizes, [1, 2, 1]);
    });

    test('leaves old tombstones out of a page, and shows newer ones', async (store) => {
      await save(store, {
        docs: [tombstone('a', { version: 3 }), tombstone('b', { version: 4 }), doc({ version: 2 })],
      });
      deepStrictEqual(keys(await all(store, { withoutTombstonesThrough: 3 })), ['k', 'b']);
    });

    test('remembers the head before each epoch', async (store) => {
      await save(store, {
        marks: [
          { group: 'g', epoch: 3, head: 80 },
          { group: 'g', epoch: 5, head: 120 },
          { group: 'h', epoch: 4, head: 7 },
        ],
      });
      const heads = await store.read((reader) =>
        Promise.all([1, 2, 3, 4, 5].map((epoch) => reader.headAtEndOf(epoch, 'g'))),
      );
      deepStrictEqual(heads, [80, 80, 120, 120, undefined]);
    });

    test('says which epoch made a commit', async (store) => {
      await save(store, {
        marks: [
          { group: 'g', epoch: 3, head: 0 },
          { group: 'g', epoch: 5, head: 80 },
          { group: 'h', epoch: 4, head: 7 },
        ],
      });
      const epochs = await store.read((reader) =>
        Promise.all([0, 1, 80, 81, 999].map((version) => reader.epochOf('g', version))),
      );
      deepStrictEqual(epochs, [undefined, 3, 3, 5, 5]);
    });

    test('reads ranges of docs by key, page by page, without tombstones', async (store) => {
      const names = ['a', 'b:', 'b:1', 'b:2', 'b:\u{10FFFF}', 'b;', 'c', '\u{10FFFF}', '\u{10FFFF}1'];
      const docs = names.map((key, i) => doc({ key, version: names.length - i }));
      await save(store, {
        docs: [...docs, tombstone('b:0', { version: 99 }), doc({ group: 'h', key: 'b:3' })],
      });
      for (const maxDocs of [1, 2, 100]) {
        for (const prefix of ['', 'b:', 'b:1', 'x', '\u{10FFFF}']) {
          const found: DocRow[] = [];
          for (let after = ''; ; after = found.at(-1)!.key) {
            const request = { group: 'g', prefix, after, maxDocs, maxBytes: 1024 };
            const page = await store.read((reader) => reader.range(request));
            found.push(...page.docs);
            if (!page.more) break;
          }
          const expected = docs.filter(({ key }) => key.startsWith(prefix));
          deepStrictEqual(found.map(plain), expected.map(plain), `prefix ${prefix}, maxDocs ${maxDocs}`);
        }
      }
    });

    test('bounds ranges by bytes, and gives at least one doc', async (store) => {
      const docs = [100, 10, 10, 100].map((size, i) => doc({ key: `k${i}`, body: new Uint8Array(size) }));
      await save(store, { docs });
      const sizes = async (after: string) => {
        const request = { group: 'g', prefix: 'k', after, maxDocs: 100, maxBytes: 20 };
        const { docs: page, more } = await store.read((reader) => reader.range(request));
        return [page.length, more];
      };
      deepStrictEqual(
        [await sizes(''), await sizes('k0'), await sizes('k2')],
        [
          [1, true],
          [2, true],
          [1, false],
        ],
      );
    });

    test('keeps the places of handlers, and knows where they have missed something', async (store, place) => {
      const groups = ['list/1', 'list/2', 'list/3', 'list', 'todo'].map((name) => group({ name, head: 5 }));
      await save(store, { groups });
      await store.write((writer) =>
        writer.savePlaces([
          { handler: 'h', group: 'list/1', version: 5 },
          { handler: 'h', group: 'list/2', version: 2 },
          { handler: 'other', group: 'list/3', version: 5 },
        ]),
      );
      await store.write((writer) => writer.savePlaces([{ handler: 'h', group: 'list/2', version: 4 }]));
      const behind = (after: string, limit: number) =>
        store.read((reader) => reader.behind({ handler: 'h', prefix: 'list/', after, limit }));
      deepStrictEqual([...(await behind('', 9))], ['list/2', 'list/3']);
      deepStrictEqual([...(await behind('', 1))], ['list/2']);
      deepStrictEqual([...(await behind('list/2', 1))], ['list/3']);
      await store.close();
      const again = place.store();
      await again.open({ id: 'second', startedAt: 2 });
      try {
        const places = await again.read((reader) =>
          Promise.all(['list/1', 'list/2', 'list/3'].map((name) => reader.placeOf('h', name))),
        );
        deepStrictEqual(places, [5, 4, 0]);
      } finally {
        await again.close();
      }
    });

    test('moves no place in a transaction that throws', async (store) => {
      const failing = store.write(async (writer) => {
        await writer.savePlaces([{ handler: 'h', group: 'g', version: 3 }]);
        throw new Error('no');
      });
      await rejects(failing, /no/);
      deepStrictEqual(await store.read((reader) => reader.placeOf('h', 'g')), 0);
    });

    test('purges tombstones up to a version, and never moves the horizon back or beyond the head', async (store) => {
      await save(store, {
        groups: [group({ head: 10 })],
        docs: [doc({ version: 2 }), tombstone('a', { version: 3 }), tombstone('b', { version: 6 })],
      });
      const horizon = async () =>
        (await store.read((reader) => reader.load({ groups: ['g'], docs: [], lines: [] }))).groups[0]
          ?.purgedThrough;
      deepStrictEqual(await store.purge('g', 5), 1);
      deepStrictEqual([keys(await all(store)), await horizon()], [['k', 'b'], 5]);
      deepStrictEqual([await store.purge('g', 2), await horizon()], [0, 5]);
      deepStrictEqual([await store.purge('g', 999), await horizon()], [1, 10]);
      deepStrictEqual(await store.purge('unknown', 5), 0);
    });

    test('names its groups, page by page', async (store) => {
      const groups = ['todo', 'a', '\u{10FFFF}', 'list/2', 'list/1'].map((name) => group({ name }));
      await save(store, { groups });
      const names = (after: string, limit: number) => store.read((reader) => reader.groups({ after, limit }));
      deepStrictEqual([...(await names('', 9))], ['a', 'list/1', 'list/2', 'todo', '\u{10FFFF}']);
      deepStrictEqual([...(await names('list/1', 2))], ['list/2', 'todo']);
      deepStrictEqual([...(await names('\u{10FFFF}', 2))], []);
    });

    test('says through which version tombstones are old, up to the first that is not', async (store) => {
      const docs = [
        ...[doc({ key: 'old', version: 1, at: 1 }), doc({ key: 'young', version: 2, at: 90 })],
        ...[tombstone('a', { version: 3, at: 10 }), tombstone('b', { version: 3, at: 10 })],
        ...[tombstone('c', { version: 5, at: 20 }), tombstone('d', { version: 7, at: 60 })],
        tombstone('e', { version: 8, at: 30 }),
        tombstone('other', { group: 'h', version: 99, at: 1 }),
      ];
      await save(store, { groups: [group({ head: 50 })], docs });
      const horizon = (until: number, maxTombstones = 99, name = 'g') =>
        store.read((reader) => reader.horizon({ group: name, until, maxTombstones }));
      deepStrictEqual(await horizon(9), undefined);
      deepStrictEqual(await horizon(10), 3);
      deepStrictEqual(await horizon(59), 5);
      deepStrictEqual(await horizon(60), 8);
      deepStrictEqual([await horizon(60, 1), await horizon(60, 3)], [3, 5]);
      deepStrictEqual(await horizon(60, 99, 'unknown'), undefined);
      deepStrictEqual(await store.purge('g', 5), 3);
      deepStrictEqual([await horizon(59), await horizon(60)], [undefined, 8]);
    });

    test('purges closed lines that nobody has touched for long', async (store) => {
      await save(store, {
        lines: [
          line({ clientId: 'open', updatedAt: 1 }),
          line({ clientId: 'old', closed: true, updatedAt: 1 }),
          line({ clientId: 'young', closed: true, updatedAt: 9 }),
        ],
      });
      deepStrictEqual(await store.purgeLines(5), 1);
      const refs = ['open', 'old', 'young'].map((clientId) => ({ group: 'g', clientId }));
      const { lines } = await store.read((reader) => reader.load({ groups: [], docs: [], lines: refs }));
      deepStrictEqual(lines.map(({ clientId }) => clientId).sort(), ['open', 'young']);
    });

    test('keeps everything over a restart, which begins an epoch', async (store, place) => {
      await save(store, {
        groups: [group()],
        docs: [doc()],
        lines: [line()],
        marks: [{ group: 'g', epoch: 1, head: 0 }],
      });
      await store.close();
      const again = place.store();
      try {
        const epochs = await again.open({ id: 'second', startedAt: 2 });
        deepStrictEqual(
          epochs.map(({ id, startedAt }) => ({ id, startedAt })),
          [
            { id: 'first', startedAt: 1 },
            { id: 'second', startedAt: 2 },
          ],
        );
        ok((epochs[0] as Epoch).ordinal < (epochs[1] as Epoch).ordinal);
        deepStrictEqual((await all(again)).map(plain), [plain(doc())]);
        deepStrictEqual(await again.read((reader) => reader.headAtEndOf(0, 'g')), 0);
      } finally {
        await again.close();
      }
    });

    test('says so when it is used closed', async (store) => {
      await store.close();
      const isClosed = (error: unknown) =>
        error instanceof AtomSyncServerError && error.code === 'STORE_CLOSED';
      await rejects(async () => store.read((reader) => reader.headAtEndOf(1, 'g')), isClosed);
      await rejects(async () => store.write(() => Promise.resolve()), isClosed);
      await rejects(async () => store.purge('g', 1), isClosed);
    });
  });
}

const none: Writes = { groups: [], docs: [], lines: [], marks: [] };

const save = (store: CommitStore, writes: Partial<Writes>): Promise<void> =>
  store.write((writer) => writer.save({ ...none, ...writes }));

const group = (rest: Partial<GroupRow> = {}): GroupRow => ({
  name: 'g',
  head: 7,
  purgedThrough: 2,
  epoch: 1,
  ...rest,
});

const doc = (rest: Partial<DocRow> = {}): DocRow => ({
  group: 'g',
  key: 'k',
  version: 1,
  at: 1_795_327_321_192,
  schemaVersion: 3,
  body: Uint8Array.of(0, 1, 255),
  updatedBy: 'alice',
  ...rest,
});

function tombstone(key: string, rest: Partial<DocRow> = {}): DocRow {
  const { body: _, ...gone } = doc({ key, ...rest });
  return gone;
}

const line = (rest: Partial<LineRow> = {}): LineRow => ({
  group: 'g',
  clientId: 'c',
  owner: 'alice',
  last: 4,
  closed: false,
  results: [{ number: 4, kind: 'accepted', version: 3 }],
  updatedAt: 1_795_327_321_192,
  ...rest,
});

const request = (rest: Partial<PageRequest> = {}): PageRequest => ({
  group: 'g',
  prefix: '',
  after: afterVersion(0),
  withoutTombstonesThrough: 0,
  maxDocs: 1000,
  maxBytes: 1024 * 1024,
  ...rest,
});

/** All pages, one after the other. */
async function all(
  store: CommitStore,
  rest: Partial<PageRequest> = {},
  onPage: (docs: readonly DocRow[]) => void = () => undefined,
): Promise<DocRow[]> {
  const found: DocRow[] = [];
  let after: Position = rest.after ?? afterVersion(0);
  for (;;) {
    const { docs, more } = await store.read((reader) => reader.page(request({ ...rest, after })));
    if (docs.length > 0 || found.length === 0) onPage(docs);
    found.push(...docs);
    const last = docs.at(-1);
    if (!more || last === undefined) return found;
    after = { version: last.version, key: last.key };
  }
}

const keys = (docs: readonly DocRow[]): string[] => docs.map(({ key }) => key);

/** Rows as comparable values, whatever prototype they and their bytes have. */
function plain(row: object): Record<string, unknown> {
  const entries = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Uint8Array ? [...value] : value,
    ]),
  );
}

const sorted = (docs: readonly DocRow[]): Record<string, unknown>[] =>
  [...docs].sort((a, b) => (a.group + '\0' + a.key < b.group + '\0' + b.key ? -1 : 1)).map(plain);
