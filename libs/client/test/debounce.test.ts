import { concat, NEVER, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { debounceBurst } from '../src/debounce';

const options = { wait: 5, maxWait: 12 };

const marbles = (
  play: (helpers: {
    burst: (source: string, result: string, debounce?: typeof options, subscription?: string) => void;
  }) => void,
): void => {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run(({ hot, expectObservable }) => {
    play({
      burst: (source, result, debounce = options, subscription) => {
        const result$ = hot(source).pipe(debounceBurst(debounce, scheduler));
        expectObservable(result$, subscription).toBe(result);
      },
    });
  });
};

describe('debounceBurst', () => {
  it('lets the first value through at once', () => {
    marbles(({ burst }) => {
      burst('---a-----', '---a-----');
    });
  });

  it('lets the first value after quiet through at once, again and again', () => {
    marbles(({ burst }) => {
      burst('a----b-----c---', 'a----b-----c---');
    });
  });

  it('lets the last value of a burst through when it has been quiet for wait', () => {
    marbles(({ burst }) => {
      burst('a-b-c-----------', 'a--------c------');
    });
  });

  it('counts the quiet from the last value of the burst', () => {
    marbles(({ burst }) => {
      burst('a-b----c---d----', 'a-------------d-');
      burst('a-b-----c-------', 'a------bc-------');
    });
  });

  it('lets a burst that does not end through when its first held value is maxWait old', () => {
    marbles(({ burst }) => {
      burst('ab-c-d-e-f-g-h-i------', 'a------------h------i-');
    });
  });

  it('lets a burst that goes on through once every maxWait', () => {
    marbles(({ burst }) => {
      burst('ab-c-d-e-f-g-h-i-j-k-l-m-n------', 'a------------h-------------n----');
    });
  });

  it('takes the shorter one where maxWait is below wait', () => {
    marbles(({ burst }) => {
      burst('ab----------', 'a---b-------', { wait: 8, maxWait: 3 });
      burst('abcdefghij---', 'a---e---i---j', { wait: 8, maxWait: 3 });
    });
  });

  it('lets everything through at once when wait is 0', () => {
    marbles(({ burst }) => {
      burst('abc-(de)-|', 'abc-(de)-|', { wait: 0, maxWait: 0 });
    });
  });

  it('lets what it holds through when the source completes', () => {
    marbles(({ burst }) => {
      burst('ab|', 'a-(b|)');
      burst('ab-------|', 'a-----b--|');
      burst('|', '|');
    });
  });

  it('passes an error on at once and drops what it holds', () => {
    marbles(({ burst }) => {
      burst('ab#', 'a-#');
    });
  });

  it('emits nothing more once it is unsubscribed', () => {
    marbles(({ burst }) => {
      burst('abc----------', 'a------------', options, '^---!');
    });
  });

  it('leaves no timer behind when it is unsubscribed or has completed', () => {
    const scheduler = new TestScheduler(() => undefined);
    const left = new Subject<string>();
    const subscription = concat(of('a', 'b'), NEVER).pipe(debounceBurst(options, scheduler)).subscribe();
    expect(scheduler.actions).toHaveLength(1);
    subscription.unsubscribe();
    left.pipe(debounceBurst(options, scheduler)).subscribe();
    left.next('a');
    left.next('b');
    left.complete();
    scheduler.flush();
    expect(scheduler.frame).toBe(0);
  });

  it('lets a value written while it emits wait for its turn', () => {
    const scheduler = new TestScheduler(() => undefined);
    const seen: [number, string][] = [];
    const source = new Subject<string>();
    source.pipe(debounceBurst(options, scheduler)).subscribe((value) => {
      seen.push([scheduler.now(), value]);
      if (value === 'a' || value === 'b') source.next(value === 'a' ? 'b' : 'c');
    });
    scheduler.schedule(() => {
      source.next('a');
    });
    scheduler.flush();
    expect(seen).toEqual([
      [0, 'a'],
      [5, 'b'],
      [5, 'c'],
    ]);
  });
});
