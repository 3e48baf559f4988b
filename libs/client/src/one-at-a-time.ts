import { defer, Observable, Subscription, type ObservableInput, type OperatorFunction } from 'rxjs';

/**
 * Runs `work` for a value unless it is running already; values that come meanwhile make it run once more
 * when it is done. Like `exhaustMap`, but nothing that asked for work is forgotten.
 */
export function oneAtATime<T, R>(work: () => ObservableInput<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const subscription = new Subscription();
      let asked = false;
      let busy = false;
      let ended = false;

      const run = (): void => {
        if (busy) return;
        // A loop, not a recursion: work that is done at once must not deepen the stack.
        while (asked && !subscriber.closed) {
          asked = false;
          busy = true;
          let returned = false;
          const inner = defer(work).subscribe({
            next: (result) => {
              subscriber.next(result);
            },
            error: (error: unknown) => {
              subscriber.error(error);
            },
            complete: () => {
              busy = false;
              if (returned) {
                subscription.remove(inner);
                run();
              }
            },
          });
          returned = true;
          if (busy) {
            subscription.add(inner);
            return;
          }
        }
        if (ended) subscriber.complete();
      };

      subscription.add(
        source.subscribe({
          next: () => {
            asked = true;
            run();
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            ended = true;
            if (!busy) subscriber.complete();
          },
        }),
      );
      return subscription;
    });
}
