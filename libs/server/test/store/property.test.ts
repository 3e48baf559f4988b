import fc from 'fast-check';
import {
  afterVersion,
  type CommitStore,
  type DocRow,
  type Position,
  type Writes,
} from '../../src/store/commit-store';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { quickOrLong } from '../../../../test/support/long';
import { describeWith, POSTGRES_URL } from '../../../../test/support/servers';
import { postgresPlace } from '../support/postgres-place';
import { sqlitePlace } from '../support/sqlite-place';

const group = fc.constantFrom('g', 'h');
const key = fc
  .oneof(
    fc.constantFrom('a', 'ab', 'b', '__proto__'),
    fc.string({ minLength: 1, maxLength: 3, unit: 'binary' }),
  )
  .filter((text) => !text.includes('\0'));
const version = fc.integer({ min: 1, max: 12 });
const docRow: fc.Arbitrary<DocRow> = fc
  .record({
    group,
    key,
    version,
    at: fc.nat(),
    schemaVersion: fc.integer({ min: 1, max: 3 }),
    updatedBy: fc.constantFrom('', 'alice'),
    body: fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
    covers: fc.option(fc.array(fc.record({ since: version, by: version }), { minLength: 1, maxLength: 3 }), {
      nil: undefined,
    }),
  })
  .map(({ body, covers, ...rest }) => ({ ...rest, ...(body && { body }), ...(covers && { covers }) }));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('save' as const),
      fails: fc.boolean(),
      docs: fc.uniqueArray(docRow, { selector: (doc) => `${doc.group}\0${doc.key}`, maxLength: 12 }),
      heads: fc.record({ g: fc.nat({ max: 20 }), h: fc.nat({ max: 20 }) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), group, through: version }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What one step answers, and everything the store then shows. */
async function run(store: CommitStore, doing: Step): Promise<unknown> {
  if (doing.kind === 'purge') return store.purge(doing.group, doing.through);
  if (doing.kind === 'restart') {
    await store.close();
    return (await store.open({ id: `e${Math.trunc(serial++ / 2)}`, startedAt: 1 })).length;
  }
  const groups = Object.entries(doing.heads).map(([name, head]) => ({
    name,
    head,
    purgedThrough: 0,
    epoch: 1,
  }));
  const writes: Writes = { groups, docs: doing.docs, lines: [], marks: [] };
  return store
    .write(async (writer) => {
      await writer.save(writes);
      if (doing.fails) throw new Error('rolled back');
    })
    .catch((error: unknown) => String(error));
}

let serial = 0;

async function contents(store: CommitStore, prefix: string, pageSize: number): Promise<unknown> {
  const seen: unknown[] = [];
  for (const name of ['g', 'h']) {
    const docs: DocRow[] = [];
    let after: Position | undefined = afterVersion(0);
    while (after !== undefined) {
      const page = await store.read((reader) =>
        reader.page({
          group: name,
          prefix,
          after: after!,
          withoutTombstonesThrough: 4,
          maxDocs: pageSize,
          maxBytes: 30,
        }),
      );
      docs.push(...page.docs);
      after = page.more ? page.docs.at(-1) : undefined;
    }
    docs.forEach((doc, i) => expect(doc.version).toBeGreaterThanOrEqual(docs[i - 1]?.version ?? 0));
    const refs = docs.map(({ group: of, key: at }) => ({ group: of, key: at }));
    const loaded = await store.read((reader) => reader.load({ groups: [name], docs: refs, lines: [] }));
    seen.push(
      loaded.groups.map((row) => ({ ...row })),
      sorted(docs),
      sorted(loaded.docs),
    );
  }
  return seen;
}

const sorted = (docs: readonly DocRow[]) =>
  docs
    .map(({ body, ...rest }) => ({ ...rest, body: body === undefined ? undefined : [...body] }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

const showsWhatMemoryShows = (
  makePlace: () => Promise<{ store(): CommitStore; dispose(): Promise<void> }>,
  numRuns: number,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      fc.constantFrom('', 'a', '__'),
      fc.integer({ min: 1, max: 5 }),
      async (steps, prefix, pageSize) => {
        const place = await makePlace();
        const model = new MemoryCommitStore();
        const store = place.store();
        try {
          await model.open({ id: 'e', startedAt: 0 });
          await store.open({ id: 'e', startedAt: 0 });
          for (const doing of steps) {
            expect(await run(store, doing)).toEqual(await run(model, doing));
            expect(await contents(store, prefix, pageSize)).toEqual(await contents(model, prefix, pageSize));
          }
        } finally {
          await store.close();
          await place.dispose();
        }
      },
    ),
    { numRuns },
  );

it('SQLite shows what memory shows, after any writes, failures, purges and restarts', async () => {
  await showsWhatMemoryShows(sqlitePlace, 60);
}, 60_000);

describeWith(POSTGRES_URL)('on a real server', () => {
  it('PostgreSQL shows what memory shows, after any writes, failures, purges and restarts', async () => {
    await showsWhatMemoryShows(postgresPlace, quickOrLong(10, 60));
  }, 120_000);
});
