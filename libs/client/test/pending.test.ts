import fc from 'fast-check';
import { PendingQueue, touches, type PendingMutation } from '../src/pending';

type Mutation = PendingMutation<number>;

const mutation = (clientId: string, number: number, parts: Partial<Mutation> = {}): Mutation => ({
  clientId,
  number,
  order: 0,
  edits: new Map(),
  reads: new Set(),
  readsGroup: false,
  run: undefined,
  call: undefined,
  scope: undefined,
  madeAt: 0,
  madeOn: 0,
  covers: false,
  terms: {},
  changes: [],
  rebased: 0,
  ...parts,
});

const writes = (...keys: string[]): Pick<Mutation, 'edits'> => ({
  edits: new Map(keys.map((key) => [key, { before: undefined, after: 1 }])),
});
const reads = (...keys: string[]): Pick<Mutation, 'reads'> => ({ reads: new Set(keys) });
const keysOf = (...keys: string[]): Map<string, number> => new Map(keys.map((key) => [key, 0]));

describe('touches', () => {
  it.each([
    ['writes one of them', writes('a'), true],
    ['reads one of them', reads('a'), true],
    ['reads the group', { readsGroup: true }, true],
    ['has to do with other keys', { ...writes('b'), ...reads('c') }, false],
  ])('a mutation that %s', (_, parts, expected) => {
    expect(touches(mutation('line', 1, parts), keysOf('a', 'x'))).toBe(expected);
  });

  it('says no where there are no keys', () => {
    expect(touches(mutation('line', 1, { readsGroup: true }), keysOf())).toBe(false);
  });
});

describe('PendingQueue', () => {
  it('gives mutations out in the order they were made', () => {
    const queue = new PendingQueue<number>();
    const all = [1, 2, 3].map((number) => mutation('line', number));
    for (const each of all) queue.add(each);
    expect([...queue]).toEqual(all);
    expect(queue.first).toBe(all[0]);
    expect(queue.size).toBe(3);
  });

  it('takes out a line that stands behind another', () => {
    const queue = new PendingQueue<number>();
    for (const each of [mutation('old', 4), mutation('own', 1), mutation('own', 2)]) queue.add(each);
    expect(queue.takeThrough('own', 1)).toEqual([mutation('own', 1)]);
    expect([...queue]).toEqual([mutation('old', 4), mutation('own', 2)]);
    expect(queue.lines()).toEqual(['old', 'own']);
  });

  it('is touched by what the replacing mutation reads and writes, not by what the replaced one did', () => {
    const queue = new PendingQueue<number>();
    const before = mutation('line', 1, writes('a'));
    queue.add(before);
    queue.replace(new Map([[before, mutation('line', 1, writes('b'))]]));
    expect(queue.isTouchedBy(keysOf('a'))).toBe(false);
    expect(queue.isTouchedBy(keysOf('b'))).toBe(true);
  });

  it('stays fast and right when thousands are confirmed one by one', () => {
    const queue = new PendingQueue<number>();
    for (let number = 1; number <= 5_000; number++) queue.add(mutation('line', number, writes('k')));
    for (let number = 1; number < 5_000; number++) expect(queue.takeThrough('line', number)).toHaveLength(1);
    expect([...queue].map(({ number }) => number)).toEqual([5_000]);
    expect(queue.isTouchedBy(keysOf('k'))).toBe(true);
    queue.takeThrough('line', 5_000);
    expect(queue.isTouchedBy(keysOf('k'))).toBe(false);
    expect(queue.lines()).toEqual([]);
  });
});

describe('PendingQueue and a plain array', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const keys = fc.uniqueArray(key, { maxLength: 3 });
  const parts = fc
    .record({ written: keys, read: keys, readsGroup: fc.boolean() })
    .map(({ written, read, readsGroup }) => ({
      ...writes(...written),
      ...reads(...read),
      readsGroup: readsGroup && written.length === 0,
    }));
  const step = fc.oneof(
    { weight: 5, arbitrary: parts.map((added) => ({ kind: 'add', added }) as const) },
    { weight: 1, arbitrary: fc.constant({ kind: 'next-line' } as const) },
    {
      weight: 3,
      arbitrary: fc
        .record({ line: fc.nat(3), count: fc.nat(4) })
        .map((take) => ({ kind: 'take', ...take }) as const),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ at: fc.nat(9), parts })
        .map((replaced) => ({ kind: 'replace', ...replaced }) as const),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'clear' } as const) },
  );

  it('hold the same after any steps', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(keys, { maxLength: 4 }), (steps, asked) => {
        const queue = new PendingQueue<number>();
        let model: Mutation[] = [];
        let line = 0;
        let number = 0;
        for (const each of steps) {
          switch (each.kind) {
            case 'add': {
              const added = mutation(`line${line}`, ++number, each.added);
              queue.add(added);
              model.push(added);
              break;
            }
            case 'next-line':
              line++;
              number = 0;
              break;
            case 'take': {
              const clientId = `line${each.line}`;
              const through = (model.find((m) => m.clientId === clientId)?.number ?? 0) + each.count - 1;
              const leaves = (m: Mutation): boolean => m.clientId === clientId && m.number <= through;
              expect(queue.takeThrough(clientId, through)).toEqual(model.filter(leaves));
              model = model.filter((m) => !leaves(m));
              break;
            }
            case 'replace': {
              const was = model[each.at];
              if (!was) break;
              const now = { ...was, ...each.parts, rebased: was.rebased + 1 };
              queue.replace(new Map([[was, now]]));
              model = model.map((m) => (m === was ? now : m));
              break;
            }
            case 'clear':
              expect(queue.clear()).toEqual(model);
              model = [];
          }
          expect(queue.size).toBe(model.length);
          expect(queue.first).toBe(model[0]);
          expect(new Set(queue.lines())).toEqual(new Set(model.map(({ clientId }) => clientId)));
          for (const some of asked) {
            const touched = model.some((m) => touches(m, keysOf(...some)));
            expect(queue.isTouchedBy(keysOf(...some))).toBe(touched);
          }
        }
        expect([...queue]).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });
});
