import { Atom, atom, AtomError } from '../src/index';

const codeOf = (fn: () => unknown): string | undefined => {
  try {
    fn();
  } catch (error) {
    if (error instanceof AtomError) return error.code;
    throw error;
  }
  return undefined;
};

describe('swap', () => {
  test('applies the function with its arguments, emits and returns the new value', () => {
    const n = atom(1);
    const seen: number[] = [];
    n.subscribe((v) => seen.push(v));
    expect(n.swap((x) => x + 1)).toBe(2);
    expect(n.swap((x, by, times) => x + by * times, 5, 2)).toBe(12);
    expect(seen).toEqual([1, 2, 12]);
    expect(n.value).toBe(12);
    expect(n.deref()).toBe(12);
  });

  test('with the very same value back, nothing happens', () => {
    const state = { a: 1 };
    const ref = atom(state);
    const seen: unknown[] = [];
    ref.subscribe((v) => seen.push(v));
    ref.addWatch('w', () => seen.push('watch'));
    expect(ref.swap((s) => s)).toBe(state);
    expect(seen).toEqual([state]);
    ref.swap((s) => ({ ...s }));
    expect(seen).toHaveLength(3);
  });

  test('takes NaN for the same value and -0 for another', () => {
    const n = atom(NaN);
    const seen: number[] = [];
    n.subscribe((v) => seen.push(v));
    n.swap(() => NaN);
    n.swap(() => 0);
    n.swap(() => -0);
    expect(seen).toEqual([NaN, 0, -0]);
  });

  test('asks `equals` whether anything happened', () => {
    const point = atom({ x: 1 }, { equals: (a, b) => a.x === b.x });
    const first = point.value;
    expect(point.swap(() => ({ x: 1 }))).toBe(first);
    expect(point.swap(() => ({ x: 2 }))).toEqual({ x: 2 });
  });

  test('a function that throws changes nothing', () => {
    const n = atom(1);
    const seen: number[] = [];
    n.subscribe((v) => seen.push(v));
    expect(() =>
      n.swap(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(n.value).toBe(1);
    n.swap((x) => x + 1);
    expect(seen).toEqual([1, 2]);
  });

  test('a function that writes to the same atom is run again on the new value', () => {
    const n = atom(1);
    let written = false;
    n.swap((x) => {
      if (!written) {
        written = true;
        n.swap((y) => y + 10);
      }
      return x + 1;
    });
    expect(n.value).toBe(12);
  });

  test('a function that writes to the same atom on every run is refused', () => {
    const n = atom(0);
    const run = (): number =>
      n.swap((x) => {
        n.reset(x + 1);
        return x;
      });
    expect(codeOf(run)).toBe('CONTENDED');
  });

  test('holds functions as values', () => {
    const f = atom((x: number) => x);
    f.reset((x) => x * 2);
    expect(f.value(2)).toBe(4);
  });
});

describe('reset, next and compareAndSet', () => {
  test('reset and next emit the same value again, as in RxJS', () => {
    const n = atom(1);
    const seen: number[] = [];
    n.subscribe((v) => seen.push(v));
    expect(n.reset(1)).toBe(1);
    n.next(1);
    expect(seen).toEqual([1, 1, 1]);
  });

  test('compareAndSet writes only on the expected value', () => {
    const first = { v: 1 };
    const ref = atom<{ v: number }>(first);
    expect(ref.compareAndSet({ v: 1 }, { v: 2 })).toBe(false);
    expect(ref.value).toBe(first);
    expect(ref.compareAndSet(first, { v: 2 })).toBe(true);
    expect(ref.value).toEqual({ v: 2 });
    expect(atom(NaN).compareAndSet(NaN, 1)).toBe(true);
    expect(atom(0).compareAndSet(-0, 1)).toBe(true);
  });
});

describe('a watch', () => {
  test('hears key, atom, before and after, until it is removed', () => {
    const n = atom(0);
    const heard: unknown[] = [];
    n.addWatch('log', (key, ref, before, after) => heard.push([key, ref === n, before, after]));
    n.swap((x) => x + 1);
    n.reset(1);
    n.removeWatch('log');
    n.reset(2);
    expect(heard).toEqual([
      ['log', true, 0, 1],
      ['log', true, 1, 1],
    ]);
  });

  test('replaces the one under the same key', () => {
    const n = atom(0);
    const heard: string[] = [];
    n.addWatch('k', () => heard.push('old')).addWatch('k', () => heard.push('new'));
    n.reset(1);
    expect(heard).toEqual(['new']);
  });

  test('added by a watch hears of later writes only', () => {
    const n = atom(0);
    const heard: unknown[] = [];
    n.addWatch('a', () => {
      n.addWatch('b', (_, __, before, after) => heard.push([before, after]));
      n.removeWatch('a');
    });
    n.reset(1);
    n.reset(2);
    expect(heard).toEqual([[1, 2]]);
  });

  test('removed by another one is not called any more', () => {
    const n = atom(0);
    const heard: string[] = [];
    n.addWatch('a', () => n.removeWatch('b'));
    n.addWatch('b', () => heard.push('b'));
    n.reset(1);
    expect(heard).toEqual([]);
  });
});

describe('a validator', () => {
  test('that answers false or throws leaves everything as it was', () => {
    const cause = new Error('too small');
    const n = atom(1, {
      validate: (x) => {
        if (x < 0) throw cause;
        return x < 100;
      },
    });
    const seen: number[] = [];
    n.subscribe((v) => seen.push(v));
    n.addWatch('w', () => seen.push(NaN));
    for (const write of [
      () => n.swap(() => 100),
      () => n.reset(100),
      () => n.next(100),
      () => n.compareAndSet(1, 100),
    ]) {
      expect(codeOf(write)).toBe('INVALID');
    }
    expect(() => n.reset(-1)).toThrow(expect.objectContaining({ code: 'INVALID', cause }));
    expect(n.value).toBe(1);
    expect(seen).toEqual([1]);
  });

  test('judges the first value too', () => {
    expect(codeOf(() => atom(-1, { validate: (x) => x > 0 }))).toBe('INVALID');
  });

  test('may not answer with a promise', () => {
    const validate = (async () => true) as unknown as (x: number) => boolean;
    expect(codeOf(() => atom(1, { validate }))).toBe('INVALID');
  });

  test('guards what is written through a cursor', () => {
    const state = atom({ n: 1 }, { validate: (s) => s.n > 0 });
    expect(codeOf(() => state.at('n').reset(0))).toBe('INVALID');
    expect(state.value).toEqual({ n: 1 });
  });
});

describe('after the end', () => {
  test('swap, reset and compareAndSet say that the atom is closed', () => {
    const completed = atom(1);
    completed.complete();
    const failed = atom(1);
    failed.error(new Error('why'));
    const unsubscribed = atom(1);
    unsubscribed.unsubscribe();
    for (const n of [completed, failed, unsubscribed]) {
      expect(codeOf(() => n.swap((x) => x + 1))).toBe('CLOSED');
      expect(codeOf(() => n.reset(1))).toBe('CLOSED');
      expect(codeOf(() => n.at('x' as never).reset(1 as never))).toBe('CLOSED');
    }
    expect(() => failed.reset(2)).toThrow(expect.objectContaining({ cause: new Error('why') }));
  });
});

test('every write of a subclass passes its gate', () => {
  const kinds: string[] = [];
  class Recorded<T> extends Atom<T> {
    protected override gate(write: Parameters<Atom<T>['gate']>[0]): T {
      kinds.push(`${write.kind} ${write.path.join('.')}`);
      return super.gate(write);
    }
  }
  const ref = new Recorded({ a: { n: 1 } });
  ref.swap((s) => ({ ...s }));
  ref.reset({ a: { n: 1 } });
  ref.next({ a: { n: 2 } });
  ref.compareAndSet(ref.value, { a: { n: 3 } });
  const n = ref.at('a', 'n');
  n.swap((x) => x + 1);
  n.reset(5);
  n.next(6);
  n.compareAndSet(6, 7);
  expect(kinds).toEqual([
    'swap ',
    'reset ',
    'reset ',
    'reset ',
    'swap a.n',
    'reset a.n',
    'reset a.n',
    'reset a.n',
  ]);
  expect(ref.value).toEqual({ a: { n: 7 } });
});
