import { concat, from, NEVER, of, range, Subject, take, type ObservableInput } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { oneAtATime } from '../src/one-at-a-time';

const marbles = (
  play: (helpers: { run: (source: string, work: string, result: string) => void }) => void,
): void => {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run(({ hot, cold, expectObservable }) => {
    play({
      run: (source, work, result) => {
        expectObservable(hot(source).pipe(oneAtATime(() => cold(work)))).toBe(result);
      },
    });
  });
};

/** Work that is done by hand, and a list of when it began and ended. */
class Work {
  readonly log: string[] = [];
  readonly asks = new Subject<string>();
  #running = new Subject<string>();

  readonly start = (): ObservableInput<string> => {
    this.log.push('start');
    this.#running = new Subject();
    return this.#running;
  };

  emit(value: string): void {
    this.#running.next(value);
  }

  done(): void {
    this.log.push('done');
    this.#running.complete();
  }
}

describe('oneAtATime', () => {
  it('works at once for a value that comes while nothing is under way', () => {
    marbles(({ run }) => {
      run('--a-----b---', '-x|', '---x-----x--');
    });
  });

  it('works once more for all the values that came meanwhile', () => {
    marbles(({ run }) => {
      run('a-b-c------------', '---x--|', '---x-----x-------');
      run('a----------------', '---x--|', '---x-------------');
    });
  });

  it('works once more for a value that comes with the end of the work', () => {
    marbles(({ run }) => {
      run('a--b--------', '-x-|', '-x--x-------');
    });
  });

  it('never runs twice at the same time', () => {
    const work = new Work();
    work.asks.pipe(oneAtATime(work.start)).subscribe();
    for (const ask of ['a', 'b', 'c']) work.asks.next(ask);
    expect(work.log).toEqual(['start']);
    work.done();
    work.done();
    work.asks.next('d');
    expect(work.log).toEqual(['start', 'done', 'start', 'done', 'start']);
  });

  it('remembers what is asked for while a result is being taken', () => {
    const work = new Work();
    const results: string[] = [];
    work.asks.pipe(oneAtATime(work.start)).subscribe((result) => {
      results.push(result);
      if (result === 'first') work.asks.next('again');
    });
    work.asks.next('a');
    work.emit('first');
    expect(work.log).toEqual(['start']);
    work.done();
    work.emit('second');
    expect(work.log).toEqual(['start', 'done', 'start']);
    expect(results).toEqual(['first', 'second']);
  });

  it('remembers what the work itself asks for', () => {
    const asks = new Subject<number>();
    let runs = 0;
    const work = (): ObservableInput<number> => {
      runs++;
      if (runs < 4) asks.next(runs);
      return of(runs);
    };
    const results: number[] = [];
    asks.pipe(oneAtATime(work)).subscribe((result) => results.push(result));
    asks.next(0);
    expect(results).toEqual([1, 2, 3, 4]);
  });

  it('does not deepen the stack when work that is done at once asks for more', () => {
    const asks = new Subject<void>();
    let runs = 0;
    asks.pipe(oneAtATime(() => of(++runs))).subscribe((run) => {
      if (run < 100_000) asks.next();
    });
    asks.next();
    expect(runs).toBe(100_000);
  });

  it('takes promises', async () => {
    const results: number[] = [];
    await new Promise<void>((complete) => {
      range(0, 3)
        .pipe(oneAtATime(() => Promise.resolve(results.length)))
        .subscribe({ next: (result) => results.push(result), complete });
    });
    expect(results).toEqual([0, 1]);
  });

  it('passes an error of the work on, and works no more', () => {
    marbles(({ run }) => {
      run('a-b---c-', '-x-#', '-x-#');
    });
  });

  it('passes an error of the source on at once', () => {
    marbles(({ run }) => {
      run('a-#', '---x|', '--#');
    });
  });

  it('passes on what the work throws', () => {
    const seen: unknown[] = [];
    const broken = (): never => {
      throw new Error('broken');
    };
    of('a')
      .pipe(oneAtATime(broken))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([new Error('broken')]);
  });

  it('completes at once with a source that completes while nothing is under way', () => {
    marbles(({ run }) => {
      run('a-----|', '-x|', '-x----|');
      run('|', '-x|', '|');
    });
  });

  it('finishes what is under way and what was asked for before it completes', () => {
    marbles(({ run }) => {
      run('a-|', '---x-|', '---x-|');
      run('ab|', '---x-|', '---x----x-|');
    });
  });

  it('ends the work and the source when it is unsubscribed', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const asks = hot('a-b---------');
      const work = cold('----x--|');
      expectObservable(asks.pipe(oneAtATime(() => work)), '^----!').toBe('----x');
      expectSubscriptions(asks.subscriptions).toBe('^----!');
      expectSubscriptions(work.subscriptions).toBe('^----!');
    });
  });

  it('begins nothing more when its subscriber leaves on a result', () => {
    let runs = 0;
    concat(from(['a', 'b', 'c']), NEVER)
      .pipe(
        oneAtATime(() => of(++runs)),
        take(1),
      )
      .subscribe();
    expect(runs).toBe(1);
  });
});
