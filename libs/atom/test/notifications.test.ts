import fc from 'fast-check';
import { BehaviorSubject, config, ObjectUnsubscribedError, Subscriber, take, type Observer } from 'rxjs';
import { atom, type Atom } from '../src/index';

/** What is thrown where nobody catches it, taken from RxJS's own hook. */
const unhandled = async (act: () => void): Promise<unknown[]> => {
  const errors: unknown[] = [];
  config.onUnhandledError = (error) => errors.push(error);
  try {
    act();
    await new Promise((resolve) => setTimeout(resolve));
  } finally {
    config.onUnhandledError = null;
  }
  return errors;
};

const record = (log: unknown[], name = ''): Observer<unknown> => ({
  next: (v) => log.push(name + String(v)),
  error: (e) => log.push(`${name}error ${String(e)}`),
  complete: () => log.push(`${name}complete`),
});

describe('nested writes', () => {
  test('every observer and watch sees the values in order', () => {
    const n = atom(0);
    const first: number[] = [];
    const second: number[] = [];
    const watched: [number, number][] = [];
    n.subscribe((v) => {
      if (v === 1) n.swap((x) => x + 1);
      first.push(v);
    });
    n.subscribe((v) => second.push(v));
    n.addWatch('w', (_, __, before, after) => watched.push([before, after]));
    n.reset(1);
    expect(first).toEqual([0, 1, 2]);
    expect(second).toEqual([0, 1, 2]);
    expect(watched).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test('the value changes at once, before the notification', () => {
    const n = atom(0);
    const values: number[] = [];
    n.subscribe((v) => {
      if (v === 1) {
        n.reset(2);
        values.push(n.value);
      }
    });
    n.reset(1);
    expect(values).toEqual([2]);
  });

  test('a write on the first value of a subscription is heard after that value', () => {
    const n = atom(0);
    const seen: number[] = [];
    n.subscribe((v) => {
      if (v < 2) n.reset(v + 1);
      seen.push(v);
    });
    expect(seen).toEqual([0, 1, 2]);
  });

  test('who subscribes within a notification gets the current value and later ones, never an older one', () => {
    const n = atom(0);
    const late: number[] = [];
    n.subscribe((v) => {
      if (v !== 1) return;
      n.reset(2);
      n.reset(3);
      n.subscribe((w) => late.push(w));
      n.reset(4);
    });
    n.reset(1);
    expect(late).toEqual([3, 4]);
    n.reset(5);
    expect(late).toEqual([3, 4, 5]);
  });

  test('complete and error wait for the notifications before them', () => {
    for (const [end, last] of [
      [(n: Atom<number>) => n.complete(), 'complete'],
      [(n: Atom<number>) => n.error('e'), 'error e'],
    ] as const) {
      const n = atom(0);
      const log: unknown[] = [];
      n.subscribe({
        next: (v) => {
          if (v !== 1) return;
          n.reset(2);
          end(n);
          n.next(3);
        },
        error: () => undefined,
      });
      n.subscribe(record(log));
      n.at('x' as never).subscribe(record(log, 'cursor '));
      n.reset(1);
      expect(log).toEqual(['0', 'cursor undefined', '1', '2', last, `cursor ${last}`]);
    }
  });

  test('the atom counts as ended at once', () => {
    const n = atom(0);
    const log: unknown[] = [];
    n.subscribe({
      next: (v) => {
        if (v !== 1) return;
        n.error('e');
        expect(() => n.value).toThrow('e');
        n.subscribe(record(log));
      },
      error: () => undefined,
    });
    n.reset(1);
    expect(log).toEqual(['error e']);
  });

  test('after unsubscribe within a notification nothing more is delivered', () => {
    const n = atom(0);
    const seen: number[] = [];
    n.subscribe((v) => {
      if (v !== 1) return;
      n.reset(2);
      n.unsubscribe();
    });
    n.subscribe((v) => seen.push(v));
    n.reset(1);
    expect(seen).toEqual([0, 1]);
    expect(n.closed).toBe(true);
  });

  test('any mix of nested writes is seen by all in order and ends on the value', () => {
    const script = fc.array(fc.tuple(fc.nat(3), fc.nat(9), fc.constantFrom('swap', 'reset', 'cursor')), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(script, fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), (nested, writes) => {
        const state = atom({ n: 0, turn: 0 });
        const plan = [...nested];
        const order: number[] = [];
        const logs: number[][] = [[], [], [], []];
        const write = (kind: string, n: number): void => {
          const turn = state.value.turn + 1;
          order.push(turn);
          if (kind === 'swap') state.swap((s) => ({ n, turn: s.turn + 1 }));
          else if (kind === 'reset') state.reset({ n, turn });
          else state.at('turn').swap((t) => t + 1);
        };
        logs.forEach((log, who) => {
          state.subscribe(({ turn }) => {
            const next = plan[0];
            if (next?.[0] === who) {
              plan.shift();
              write(next[2], next[1]);
            }
            log.push(turn);
          });
        });
        const watched: number[] = [];
        state.addWatch('w', (_, __, before, after) => {
          expect(after.turn).toBe(before.turn + 1);
          watched.push(after.turn);
        });
        const cursored: number[] = [];
        state.at('turn').subscribe((turn) => cursored.push(turn));
        for (const n of writes) write('swap', n);
        for (const log of logs) {
          expect(log).toEqual([...log].sort((a, b) => a - b));
          expect(new Set(log).size).toBe(log.length);
          expect(log.at(-1)).toBe(state.value.turn);
        }
        expect(cursored.at(-1)).toBe(state.value.turn);
        expect(cursored).toEqual([...cursored].sort((a, b) => a - b));
        expect(watched).toEqual([...watched].sort((a, b) => a - b));
        expect(order).toHaveLength(state.value.turn);
      }),
    );
  });
});

describe('a listener that throws', () => {
  test('is reported as RxJS does, and the others hear everything', async () => {
    const n = atom(0);
    const seen: unknown[] = [];
    const errors = await unhandled(() => {
      n.addWatch('bad', () => {
        throw new Error('watch');
      });
      n.at('x' as never).addWatch('bad', () => undefined);
      n.subscribe((v) => {
        if (v === 1) throw new Error('observer');
      });
      n.subscribe((v) => seen.push(v));
      n.addWatch('good', (_, __, before, after) => seen.push(`${before}→${after}`));
      n.reset(1);
      n.reset(2);
    });
    expect(seen).toEqual([0, '0→1', 1, '1→2', 2]);
    expect(errors.map(String).sort()).toEqual(['Error: observer', 'Error: watch', 'Error: watch']);
  });

  test('does not stop the others when it is a bare Subscriber, or a watch of a cursor', async () => {
    const state = atom({ a: 0 });
    const seen: unknown[] = [];
    class Bad extends Subscriber<unknown> {
      override next(value: { a: number }): void {
        if (value.a > 0) throw new Error('bare');
      }
    }
    const errors = await unhandled(() => {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the one observer whose errors RxJS does not catch
      state.subscribe(new Bad());
      state.at('a').addWatch('bad', () => {
        throw new Error('cursor watch');
      });
      state.at('a').subscribe((a) => seen.push(a));
      state.subscribe((s) => seen.push(s));
      state.at('a').reset(1);
    });
    expect(seen).toEqual([0, { a: 0 }, { a: 1 }, 1]);
    expect(errors.map(String)).toEqual(['Error: bare', 'Error: cursor watch']);
  });
});

type Step =
  | { kind: 'next'; value: number }
  | { kind: 'leave'; who: number }
  | { kind: 'subscribe' | 'read' | 'complete' | 'error' | 'unsubscribe' | 'once' };

describe('as a BehaviorSubject', () => {
  test('an atom is one', () => {
    expect(atom(1)).toBeInstanceOf(BehaviorSubject);
  });

  // Without nested writes an atom and RxJS's own must not be told apart, whatever is done to them.
  test('it behaves as the one of RxJS under any sequence of calls', () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('next' as const), value: fc.nat(5) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('subscribe' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
      fc.record({
        kind: fc.constantFrom('complete' as const, 'error' as const, 'unsubscribe' as const, 'once' as const),
      }),
    );
    const run = (subject: BehaviorSubject<number>, steps: readonly Step[]): unknown[] => {
      const log: unknown[] = [];
      const subscriptions: { unsubscribe(): void }[] = [];
      for (const [i, s] of steps.entries()) {
        try {
          if (s.kind === 'next') subject.next(s.value);
          else if (s.kind === 'subscribe') subscriptions.push(subject.subscribe(record(log, `${i}:`)));
          else if (s.kind === 'leave') subscriptions[s.who]?.unsubscribe();
          else if (s.kind === 'complete') subject.complete();
          else if (s.kind === 'error') subject.error('e');
          else if (s.kind === 'unsubscribe') subject.unsubscribe();
          else if (s.kind === 'once') subject.pipe(take(1)).subscribe(record(log, `${i}: once `));
          else log.push(subject.value, subject.getValue());
        } catch (error) {
          log.push(error instanceof ObjectUnsubscribedError ? 'unsubscribed' : String(error));
        }
        log.push(subject.closed, subject.observed);
      }
      return log;
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        expect(run(atom(0), steps)).toEqual(run(new BehaviorSubject(0), steps));
      }),
      { numRuns: 500 },
    );
  });

  test('an observer that leaves another during complete keeps it from being told, as in RxJS', () => {
    for (const subject of [atom(0), new BehaviorSubject(0)]) {
      const log: unknown[] = [];
      subject.subscribe({ complete: () => other.unsubscribe() });
      const other = subject.subscribe(record(log));
      subject.complete();
      expect(log).toEqual(['0']);
    }
  });

  test('it is an observer and a source like any subject', () => {
    const source = atom(1);
    const copy = atom(0);
    source.subscribe(copy);
    source.reset(5);
    expect(copy.value).toBe(5);
    const seen: number[] = [];
    copy.asObservable().subscribe((v) => seen.push(v));
    source.complete();
    copy.subscribe({ complete: () => seen.push(NaN) });
    expect(seen).toEqual([5, NaN]);
  });
});
