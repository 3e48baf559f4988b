import fc from 'fast-check';
import { atom, AtomError, DocMap, inc, type Cursor } from '../src/index';

const codeOf = (fn: () => unknown): string | undefined => {
  try {
    fn();
  } catch (error) {
    if (error instanceof AtomError) return error.code;
    throw error;
  }
  return undefined;
};

interface State {
  profile?: { name: string; nick?: string | undefined } | null;
  list: { id: number }[];
  scores: Map<string, number>;
}
const initial: State = {
  profile: { name: 'Ada' },
  list: [{ id: 1 }, { id: 2 }],
  scores: new Map([['a', 1]]),
};

describe('a cursor', () => {
  test('reads and writes its part of objects, arrays and Maps', () => {
    const state = atom(initial);
    expect(state.at('profile', 'name').value).toBe('Ada');
    expect(state.at('list', 1, 'id').deref()).toBe(2);
    expect(state.at('scores', 'a').value).toBe(1);
    expect(state.at('list', 5, 'id').value).toBeUndefined();
    expect(state.at('profile', 'name').swap((n, by) => n + by, '!')).toBe('Ada!');
    expect(state.at('list', 0, 'id').reset(7)).toBe(7);
    state.at('list', 2).reset({ id: 3 });
    state.at('scores', 'b').reset(2);
    expect(state.value).toEqual({
      profile: { name: 'Ada!' },
      list: [{ id: 7 }, { id: 2 }, { id: 3 }],
      scores: new Map([
        ['a', 1],
        ['b', 2],
      ]),
    });
    expect(initial.profile).toEqual({ name: 'Ada' });
    expect(initial.scores.size).toBe(1);
  });

  test('makes missing objects on the way, and nothing else', () => {
    const state = atom<State>({ ...initial, profile: null });
    expect(state.at('profile', 'name').value).toBeUndefined();
    state.at('profile', 'name').reset('Bob');
    expect(state.value.profile).toEqual({ name: 'Bob' });
    expect(codeOf(() => state.at('list', 9).reset({ id: 9 }))).toBe('BAD_PATH');
    expect(codeOf(() => state.at('profile', 'name', 'x' as never).reset(1 as never))).toBe('BAD_PATH');
    const dated = atom({ at: new Date(0) });
    expect(codeOf(() => dated.at('at', 'x' as never).reset(1 as never))).toBe('BAD_PATH');
  });

  test('emits the part on subscription, then only when the part changes', () => {
    const state = atom(initial);
    const seen: unknown[] = [];
    const subscription = state.at('profile', 'name').subscribe((v) => seen.push(v));
    state.at('scores', 'a').swap((n = 0) => n + 1);
    state.swap((s) => ({ ...s }));
    state.at('profile').reset({ name: 'Ada' });
    state.at('profile').reset(undefined);
    state.at('profile', 'name').reset('Eve');
    subscription.unsubscribe();
    state.at('profile', 'name').reset('Mallory');
    expect(seen).toEqual(['Ada', undefined, 'Eve']);
  });

  test('tells -0 from 0, and takes NaN for NaN', () => {
    const state = atom({ n: 0 });
    const seen: number[] = [];
    state.at('n').subscribe((v) => seen.push(v));
    for (const n of [0, -0, NaN, NaN, 0]) state.at('n').reset(n);
    expect(seen).toEqual([0, -0, NaN, 0]);
  });

  test('with the very same part back, nothing happens', () => {
    const state = atom(initial);
    const heard: unknown[] = [];
    state.addWatch('w', () => heard.push(1));
    state.at('profile').swap((p) => p);
    state.at('profile', 'name').reset('Ada');
    expect(heard).toEqual([]);
    expect(state.value).toBe(initial);
  });

  test('compares before it sets', () => {
    const n = atom({ n: 1 }).at('n');
    expect(n.compareAndSet(2, 3)).toBe(false);
    expect(n.compareAndSet(1, 3)).toBe(true);
    expect(n.value).toBe(3);
  });

  test('sets undefined as a value, which is not removal', () => {
    const state = atom(initial);
    state.at('profile', 'nick').reset(undefined);
    expect(Object.keys(state.value.profile ?? {})).toEqual(['name', 'nick']);
  });

  test('takes hostile names for what they are: names', () => {
    const state = atom<Record<string, unknown>>({});
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']) {
      const cursor = state.at(name);
      expect(cursor.value).toBeUndefined();
      cursor.reset({ polluted: true });
      expect(cursor.value).toEqual({ polluted: true });
      expect(Object.hasOwn(state.value, name)).toBe(true);
    }
    state.at('__proto__', 'deep' as never).reset(1 as never);
    expect(state.value['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(state.value)).toBe(Object.prototype);
  });

  test('ends with its atom, and tells late subscribers as the atom does', () => {
    for (const end of ['complete', 'error'] as const) {
      const state = atom({ n: 1 });
      const log: unknown[] = [];
      const observer = {
        next: (v: number) => log.push(v),
        error: (e: unknown) => log.push(e),
        complete: () => log.push('complete'),
      };
      const n = state.at('n');
      n.subscribe(observer);
      if (end === 'error') state.error('error');
      else state.complete();
      n.subscribe(observer);
      n.next(5);
      expect(log).toEqual([1, end, end]);
    }
  });

  test('can be given to subscribe, and does not complete its atom', () => {
    const state = atom({ n: 1 });
    const source = atom(5);
    source.subscribe(state.at('n'));
    source.reset(6);
    source.complete();
    state.at('n').swap(inc);
    expect(state.value).toEqual({ n: 7 });
  });

  test('has watches that belong to the place', () => {
    const state = atom({ n: 1, m: 1 });
    const heard: unknown[] = [];
    const n = state.at('n');
    n.addWatch('w', (key, ref, before, after) => heard.push([key, ref === n, before, after]));
    state.at('m').reset(2);
    state.at('n').reset(2);
    state.at('n').removeWatch('w');
    state.at('n').reset(3);
    expect(heard).toEqual([['w', true, 1, 2]]);
  });

  test('subscribed within a notification hears of later changes only', () => {
    const state = atom({ n: 0 });
    const late: number[] = [];
    state.at('n').subscribe((v) => {
      if (v !== 1) return;
      state.at('n').reset(2);
      state.at('n').subscribe((w) => late.push(w));
      state.at('n').reset(3);
    });
    state.at('n').reset(1);
    expect(late).toEqual([2, 3]);
  });

  test('composes: a cursor of a cursor is the cursor of the whole path', () => {
    const state = atom(initial);
    const name = state.at('profile').at('name');
    name.reset('Eve');
    expect(name.path).toEqual(['profile', 'name']);
    expect(state.value.profile?.name).toBe('Eve');
  });
});

describe('a cursor on a doc', () => {
  const doc = { text: 'x', done: false };

  test('reads undefined where there is none, and a swap there says how to go on', () => {
    const todos = atom(DocMap.empty<typeof doc>());
    const one = todos.at('todo:1');
    expect(one.value).toBeUndefined();
    expect(one.at('done').value).toBeUndefined();
    expect(() => one.swap((t) => ({ ...t, done: true }))).toThrow(/todo:1.*assoc.*default/);
    expect(codeOf(() => one.swap((t) => t))).toBe('NO_SUCH_DOC');
    expect(codeOf(() => one.at('done').swap((d) => !d))).toBe('NO_SUCH_DOC');
    expect(codeOf(() => one.at('done').reset(true))).toBe('NO_SUCH_DOC');
    expect(codeOf(() => one.reset(undefined as never))).toBe('BAD_DOC');
    one.reset(doc);
    one.at('done').swap((d) => !d);
    expect(todos.value.toJSON()).toEqual({ 'todo:1': { text: 'x', done: true } });
  });

  test('with a default is never absent, and does not write it by itself', () => {
    const counts = atom(DocMap.empty<number>());
    const visits = counts.at('visits', { default: 0 });
    const seen: number[] = [];
    visits.subscribe((v) => seen.push(v));
    expect(visits.value).toBe(0);
    visits.swap((n) => n);
    expect(counts.value.size).toBe(0);
    visits.swap(inc);
    counts.swap((m) => m.without('visits'));
    counts.at('visits').reset(0);
    counts.swap((m) => m.without('visits'));
    expect(seen).toEqual([0, 1, 0]);
  });

  test('with a default goes deeper into it', () => {
    const todos = atom(DocMap.empty<typeof doc>());
    const done = todos.at('a', { default: doc }).at('done');
    const seen: boolean[] = [];
    done.subscribe((v) => seen.push(v));
    done.swap((d) => !d);
    expect(todos.value.get('a')).toEqual({ text: 'x', done: true });
    todos.swap((m) => m.without('a'));
    expect(seen).toEqual([false, true, false]);
  });
});

describe('ten thousand cursors on a hundred thousand docs', () => {
  const key = (i: number): string => `doc:${String(i).padStart(6, '0')}`;
  let parts = 0;
  // A doc that counts how often a part of it is looked at.
  const counted = (n: number): { readonly n: number } => ({
    get n() {
      parts++;
      return n;
    },
  });

  test('cost a change of one doc no more than the one that is on it', () => {
    const docs = atom(DocMap.from(Array.from({ length: 100_000 }, (_, i) => [key(i), counted(i)] as const)));
    const work = (act: () => void): { lookups: number; parts: number } => {
      const get = jest.spyOn(DocMap.prototype, 'get');
      parts = 0;
      act();
      const lookups = get.mock.calls.length;
      get.mockRestore();
      return { lookups, parts };
    };
    const without = work(() => docs.swap((m) => m.with(key(10), counted(-1))));
    const heard: string[] = [];
    const cursors: Cursor<number | undefined, number, number>[] = [];
    for (let i = 0; i < 10_000; i++) {
      const cursor = docs.at(key(i * 10), 'n');
      cursor.addWatch('w', () => heard.push(key(i * 10)));
      cursors.push(cursor);
    }
    const oneWrite = work(() => docs.swap((m) => m.with(key(10), counted(-2))));
    expect(heard).toEqual([key(10)]);
    expect(oneWrite.lookups).toBe(without.lookups);
    // Once before, once after.
    expect(oneWrite.parts).toBe(2);

    heard.length = 0;
    const twoWrites = work(() => docs.swap((m) => m.with(key(20), counted(-3)).with(key(21), counted(-3))));
    expect(heard).toEqual([key(20)]);
    expect(twoWrites.lookups).toBe(2 * without.lookups);
    expect(twoWrites.parts).toBe(2);

    heard.length = 0;
    const elsewhere = work(() => docs.swap((m) => m.with(key(33), counted(-4))));
    expect(heard).toEqual([]);
    expect(elsewhere.parts).toBe(0);
    cursors.forEach((cursor) => cursor.removeWatch('w'));
  });

  test('hear all of a change of everything', () => {
    const entries = (by: number) => Array.from({ length: 2_000 }, (_, i) => [key(i), i + by] as const);
    const docs = atom(DocMap.from(entries(0)));
    let heard = 0;
    for (let i = 0; i < 100; i++) docs.at(key(i)).addWatch('w', () => heard++);
    docs.reset(DocMap.from(entries(1)));
    docs.swap((m) => m.withAll(entries(2)));
    expect(heard).toBe(200);
  });
});

test('cursors agree with reading the whole value again, whatever is written', () => {
  const keys = ['a', 'b', 'c', 'd', 'e', '__proto__', 'constructor', 'g', 'h', 'i', 'j', 'k'];
  const write = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
    fc.record({ kind: fc.constant('remove' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
    fc.record({ kind: fc.constant('deep' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
    fc.record({ kind: fc.constant('many' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
    fc.record({ kind: fc.constant('rebuild' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
    fc.record({ kind: fc.constant('back' as const), key: fc.constantFrom(...keys), n: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), fc.subarray(keys), (writes, open) => {
      const docs = atom(DocMap.empty<{ n: number }>());
      const values = [docs.value];
      docs.subscribe((v) => values.push(v));
      const seen = open.map((key) => {
        const log = { key, doc: [] as unknown[], n: [] as unknown[], or7: [] as unknown[] };
        docs.at(key).subscribe((v) => log.doc.push(v));
        docs.at(key, 'n').subscribe((v) => log.n.push(v));
        docs
          .at(key, { default: { n: 7 } })
          .at('n')
          .subscribe((v) => log.or7.push(v));
        return log;
      });
      for (const { kind, key, n } of writes) {
        if (kind === 'put') docs.at(key).reset({ n });
        else if (kind === 'remove') docs.swap((m) => m.without(key));
        else if (kind === 'deep')
          docs
            .at(key, { default: { n: 0 } })
            .at('n')
            .reset(n);
        else if (kind === 'many')
          docs.swap((m) => m.withAll(keys.slice(n * 3, n * 3 + 5).map((k) => [k, { n }])).without(key));
        else if (kind === 'rebuild') docs.reset(DocMap.from([...docs.value, [key, { n }]]));
        else docs.reset(values[Math.max(0, values.length - 1 - n * 2)] as DocMap<{ n: number }>);
      }
      const distinct = (all: unknown[]): unknown[] =>
        all.filter((v, i) => i === 0 || !Object.is(v, all[i - 1]));
      for (const { key, doc, n, or7 } of seen) {
        expect(doc).toEqual(distinct(values.map((m) => m.get(key))));
        expect(n).toEqual(distinct(values.map((m) => m.get(key)?.n)));
        expect(or7).toEqual(distinct(values.map((m) => (m.get(key) ?? { n: 7 }).n)));
      }
    }),
  );
});
