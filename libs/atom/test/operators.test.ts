import { map, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { atom, DocMap, inc, reset, swap } from '../src/index';

const marbles = (run: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

describe('swap as an operator', () => {
  test('applies each value of the source and emits what the atom has become', () => {
    marbles(({ hot, expectObservable }) => {
      const n = atom(10);
      const clicks = hot('-a-b--c|', { a: 1, b: 2, c: 3 });
      expectObservable(clicks.pipe(swap(n, (x, by) => x + by))).toBe('-a-b--c|', { a: 11, b: 13, c: 16 });
    });
  });

  test('sends what is thrown to the error channel, and the atom keeps its value', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const n = atom(1, { validate: (x) => x < 3 });
      const result = cold('-a-b-c|').pipe(swap(n, (x) => x + 1), map(String)); // prettier-ignore
      expectObservable(result.pipe(map((v) => v))).toBe(
        '-a-#',
        { a: '2' },
        expect.objectContaining({ code: 'INVALID' }),
      );
      flush();
      expect(n.value).toBe(2);
    });
  });

  test('works on cursors', () => {
    const counts = atom(DocMap.from({ a: 1 }));
    const seen: unknown[] = [];
    of(5, 6)
      .pipe(swap(counts.at('a'), (n, by) => inc(n, by)))
      .subscribe((v) => seen.push(v));
    expect(seen).toEqual([6, 12]);
    expect(counts.value.get('a')).toBe(12);
  });
});

describe('reset as an operator', () => {
  test('resets to each value of the source, and emits it', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const n = atom(0);
      expectObservable(hot('--^-a-b-|', { a: 1, b: 2 }).pipe(reset(n))).toBe('--a-b-|', { a: 1, b: 2 });
      expectObservable(n).toBe('a-b-c', { a: 0, b: 1, c: 2 });
      expectObservable(cold<number>('#').pipe(reset(n))).toBe('#');
    });
  });

  test('does nothing until it is subscribed to', () => {
    const n = atom(0);
    const stream = of(1).pipe(reset(n));
    expect(n.value).toBe(0);
    stream.subscribe();
    expect(n.value).toBe(1);
  });
});
