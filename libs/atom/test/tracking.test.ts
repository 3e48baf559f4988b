import { atom, DocMap, merge, assocIn, runWrite, update, inc, conj } from '../src/index';

const recorder = () => {
  const reads: string[] = [];
  return { reads, key: (key: string) => reads.push(key), all: () => reads.push('*') };
};

describe('a tracked map', () => {
  const map = DocMap.from({ a: 1, b: 2, 'a:1': 3 });

  test('reports what is read by key, whether it exists or not', () => {
    const log = recorder();
    const view = map.tracked(log);
    view.get('a');
    view.has('x');
    view.update('b', (n) => n + 1);
    expect(new Set(log.reads)).toEqual(new Set(['a', 'x', 'b']));
  });

  test('reports everything else that reads as a read of the whole', () => {
    const reads: ((view: DocMap<number>) => unknown)[] = [
      (view) => view.size,
      (view) => view.list,
      (view) => [...view],
      (view) => [...view.keys()],
      (view) => [...view.values()],
      (view) => [...view.entries()],
      (view) => [...view.range('a')],
      (view) => view.filter(() => true),
      (view) => view.map((n) => n),
      (view) => view.forEach(() => undefined),
      (view) => view.toJSON(),
      (view) => view.equals(map),
      (view) => view.changesSince(map),
    ];
    for (const read of reads) {
      const log = recorder();
      read(map.tracked(log));
      expect(new Set(log.reads)).toEqual(new Set(['*']));
    }
  });

  test('reports what is written, because whether a write changes anything depends on the doc', () => {
    const log = recorder();
    map
      .tracked(log)
      .with('a', 1)
      .without('x')
      .withAll({ c: 1 })
      .withoutAll(['d'])
      .withChanges([{ key: 'e', after: 1 }]);
    expect(log.reads).toEqual(['a', 'x', 'c', 'd', 'e']);
  });

  test('goes on reporting in the maps made of it', () => {
    const log = recorder();
    map.tracked(log).with('z', 1).without('b').get('q');
    expect(log.reads).toEqual(['z', 'b', 'q']);
  });

  test('stays tracked when a map is made from it', () => {
    const log = recorder();
    DocMap.from(map.tracked(log)).get('a');
    expect(log.reads).toEqual(['a']);
  });

  test('gives back the very map it was taken of, where nothing has changed', () => {
    const log = recorder();
    const view = map.tracked(log);
    expect(view).not.toBe(map);
    expect(view.untracked()).toBe(map);
    expect(view.with('a', 1).untracked()).toBe(map);
    expect(map.untracked()).toBe(map);
    expect(view.tracked(recorder()).untracked()).toBe(map);
    const changed = view.with('a', 7).untracked();
    changed.get('a');
    expect(changed.toJSON()).toEqual({ ...map.toJSON(), a: 7 });
    expect(changed.knownChangesSince(map)).toEqual([{ key: 'a', before: 1, after: 7 }]);
    expect(log.reads).toEqual(['a', 'a']);
    expect(map.tracked(log).list).toBe(map.list);
  });

  test('takes note of what named swaps and writes at a path depend on', () => {
    const docs = DocMap.from<{ n: number; tags?: string[] }>({ a: { n: 1 } });
    const reads = (act: (view: typeof docs) => unknown): string[] => {
      const log = recorder();
      act(docs.tracked(log));
      return log.reads;
    };
    const everywhere: Record<string, (view: typeof docs) => unknown> = {
      reset: (view) => runWrite({ kind: 'reset', path: ['a'], value: { n: 2 } }, view),
      'reset below': (view) => runWrite({ kind: 'reset', path: ['a', 'n'], value: 2 }, view),
      swap: (view) => runWrite({ kind: 'swap', path: ['a'], fn: merge, args: [{ n: 2 }] }, view),
      update: (view) => runWrite({ kind: 'swap', path: [], fn: update, args: ['a', merge, { n: 2 }] }, view),
      merge: (view) => merge(view, { a: { n: 2 } }),
      conj: (view) => conj(view, ['a', { n: 2 }]),
      assocIn: (view) => assocIn(view, ['a', 'n'], 5),
    };
    for (const act of Object.values(everywhere)) expect(new Set(reads(act))).toEqual(new Set(['a']));
  });
});

describe('a write as a record', () => {
  test('runs again on another value', () => {
    const write = { kind: 'swap', path: ['n'], fn: inc, args: [5] } as const;
    expect(runWrite(write, { n: 1 })).toEqual({ n: 6 });
    expect(runWrite(write, { n: 10 })).toEqual({ n: 15 });
    const value = { n: 1 };
    expect(runWrite({ kind: 'swap', path: ['n'], fn: (x: number) => x, args: [] }, value)).toBe(value);
    expect(runWrite({ kind: 'reset', path: [], value: 5 }, 1)).toBe(5);
  });

  test('carries the defaults of its cursor', () => {
    const write = {
      kind: 'swap',
      path: ['k', 'n'],
      fn: inc,
      args: [],
      defaults: [{ depth: 1, value: { n: 7 } }],
    } as const;
    expect(runWrite(write, DocMap.empty()).toJSON()).toEqual({ k: { n: 8 } });
    expect(runWrite(write, DocMap.from({ k: { n: 1 } })).toJSON()).toEqual({ k: { n: 2 } });
  });

  test('works on an atom of a subclass that keeps what is written', () => {
    const docs = atom(DocMap.from({ a: 1 }));
    docs.at('a').swap(inc, 2);
    expect(docs.value.get('a')).toBe(3);
  });
});
