import { defineSwap, type StandardSchemaV1 } from '@atomsync/atom';
import type { ClientError } from '@atomsync/client';
import { type Rejected, type SyncedAtom, type SyncedAtomOptions } from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const open = async <D>(options: SyncedAtomOptions<D> = {}) => {
  const client = net.client();
  const atom = net.atom<D>(client, 'g', options);
  const free = net.atom<D>(net.client(), 'g');
  let rejected: readonly Rejected[] = [];
  client.sync.rejected$.subscribe((list) => (rejected = list));
  await net.flush();
  return { atom, free, rejected: () => rejected };
};

/** Expects `write` to throw, and the atom to be as before, with nothing to send. */
const expectRefused = <D>(atom: SyncedAtom<D>, write: () => unknown): ClientError => {
  const before = atom.value;
  let emitted = -1;
  const subscription = atom.subscribe(() => emitted++);
  let pending = NaN;
  subscription.add(atom.pending$.subscribe((count) => (pending = count)));
  let thrown: unknown;
  try {
    write();
  } catch (error) {
    thrown = error;
  }
  subscription.unsubscribe();
  expect(thrown).toBeInstanceOf(Error);
  expect(atom.value).toBe(before);
  expect([emitted, pending]).toEqual([0, 0]);
  return thrown as ClientError;
};

const positive: StandardSchemaV1<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' && value > 0
        ? { value }
        : { issues: [{ message: 'not positive', path: ['amount'] }] },
  },
};

describe('a key', () => {
  it.each([
    ['', 'empty'],
    ['a\0b', 'NUL'],
    ['a\ud800', 'surrogate'],
    ['x'.repeat(1025), '1024'],
    ['€'.repeat(342), '1024'],
  ])('that breaks the rule is refused with the reason: %#', async (key, reason) => {
    const { atom } = await open<number>();
    const error = expectRefused(atom, () => {
      atom.put(key, 1);
    });
    expect(error.code).toBe('INVALID_KEY');
    expect(error.message).toContain(reason);
  });

  it('of 1,024 bytes is taken', async () => {
    const { atom, free } = await open<number>();
    atom.put('x'.repeat(1024), 1);
    await net.flush();
    expect(free.value.size).toBe(1);
  });

  it('outside the prefix is refused', async () => {
    const { atom } = await open<number>({ prefix: 'a:' });
    const error = expectRefused(atom, () => {
      atom.put('b:1', 1);
    });
    expect(error).toMatchObject({ name: 'ClientError', code: 'OUT_OF_PREFIX' });
    expect(error.message).toMatch(/'b:1'.*'a:'/);
    expectRefused(atom, () => atom.swap((docs) => docs.with('a:1', 1).with('b:1', 1)));
    atom.put('a:1', 1);
    expect([...atom.value.keys()]).toEqual(['a:1']);
  });
});

describe('a value that cannot be carried', () => {
  class Point {
    x = 1;
  }
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each<[string, unknown, string]>([
    ['a function', { a: { b: () => 1 } }, 'a.b'],
    ['a class instance', { list: [new Point()] }, 'list[0]'],
    ['a cycle', { cycle }, 'cycle.self'],
    ['a symbol', { s: Symbol('s') }, 's'],
    ['a lone surrogate', { text: '\ud800' }, 'text'],
    ['a sparse array', { list: [1, , 3] }, 'list'],
  ])('is refused, naming its path: %s', async (_, doc, path) => {
    const { atom } = await open<unknown>();
    const error = expectRefused(atom, () => {
      atom.put('k', doc);
    });
    expect(error.code).toBe('NOT_CARRYABLE');
    expect(error.message).toContain(path);
  });

  it('is refused beside good ones, all or nothing', async () => {
    const { atom } = await open<unknown>();
    expectRefused(atom, () => atom.swap((docs) => docs.with('good', 1).with('bad', () => 1)));
  });
});

describe('a schema', () => {
  it('refuses an own write, naming key and place, and leaves everything as it was', async () => {
    const { atom } = await open<number>({ schema: positive });
    const error = expectRefused(atom, () => {
      atom.put('n', -1);
    });
    expect(error.code).toBe('INVALID');
    expect(error.message).toMatch(/'n'.*amount.*not positive/);
  });

  it('never judges what the server has', async () => {
    const { atom, free } = await open<number>({ schema: positive });
    free.put('n', -5);
    await net.flush();
    expect(atom.value.get('n')).toBe(-5);
  });

  it('never judges a deletion', async () => {
    const { atom, free } = await open<number>({ schema: positive });
    free.put('n', -5);
    await net.flush();
    atom.remove('n');
    await net.flush();
    expect(free.value.size).toBe(0);
  });

  it('judges an own write again on what it is rebased to; what it refuses then is rolled back and kept', async () => {
    const { atom, free, rejected } = await open<number>({ schema: positive });
    atom.put('n', 10);
    await net.flush();
    net.offline(atom);
    atom.at('n').swap((n) => n - 8);
    free.put('n', 5);
    await net.flush();
    net.online(atom);
    await net.flush();
    expect([atom.value.get('n'), free.value.get('n')]).toEqual([5, 5]);
    expect(rejected()).toMatchObject([{ group: 'g', code: 'INVALID', docs: new Map([['n', 2]]) }]);
    atom.put('m', 1);
    await net.flush();
    expect(free.value.get('m')).toBe(1);
  });
});

describe('a validator', () => {
  const sumBelow100: SyncedAtomOptions<number> = {
    validate: (docs) => [...docs.values()].reduce((sum, n) => sum + n, 0) < 100,
  };

  it('judges the group as a whole, and leaves everything as it was', async () => {
    const { atom } = await open<number>(sumBelow100);
    atom.put('a', 60);
    await net.flush();
    const error = expectRefused(atom, () => {
      atom.put('b', 40);
    });
    expect(error.code).toBe('INVALID');
  });

  it('judges again on each rebase', async () => {
    const { atom, free, rejected } = await open<number>(sumBelow100);
    net.offline(atom);
    atom.put('a', 60);
    free.put('a', 70);
    free.put('b', 70);
    await net.flush();
    net.online(atom);
    await net.flush();
    expect(atom.value.toJSON()).toEqual({ a: 70, b: 70 });
    expect(rejected()).toMatchObject([{ code: 'INVALID', docs: new Map([['a', 60]]) }]);
  });

  it('may say why by throwing', async () => {
    const { atom } = await open<number>({
      validate: () => {
        throw new Error('never');
      },
    });
    const error = expectRefused(atom, () => {
      atom.put('a', 1);
    });
    expect(error.cause ?? error).toMatchObject({ message: 'never' });
  });
});

describe('a swap', () => {
  it('that throws changes nothing', async () => {
    const { atom } = await open<number>();
    const error = expectRefused(atom, () =>
      atom.swap(() => {
        throw new Error('mine');
      }),
    );
    expect(error.message).toBe('mine');
  });

  it('that gives two outcomes for the same docs is refused in development, naming where', async () => {
    const { atom } = await open<{ at: { n: number } }>();
    let calls = 0;
    const error = expectRefused(atom, () => atom.swap((docs) => docs.with('k', { at: { n: calls++ } })));
    expect(error.code).toBe('IMPURE_SWAP');
    expect(error.message).toMatch(/'k'.*at.*n/);
    expect(error.message).toContain('as arguments');
  });

  it('that a named function makes impure is refused too', async () => {
    const { atom } = await open<number>();
    let calls = 0;
    const impure = defineSwap('test.impure', (n: number) => n + ++calls);
    atom.put('n', 0);
    await net.flush();
    expect(expectRefused(atom, () => atom.at('n').swap(impure)).code).toBe('IMPURE_SWAP');
  });
});
