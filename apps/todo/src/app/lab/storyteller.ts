import { computed, DestroyRef, inject, Injectable, Injector, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import {
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  Subscription,
  take,
  timer,
  type Observable,
} from 'rxjs';
import { Lab } from './lab';
import type { Moment, Story } from './lab-story';

/** How long what is said stands before it is done, and after that, at least, in milliseconds. */
const READ = 1_800;
const SEE = 1_400;

/** Plays stories: says, does, and waits until it has come true. */
@Injectable()
export class Storyteller {
  /** What is being said; the last words stay. */
  readonly says = signal('');
  /** The story that was told last. */
  readonly story = signal<Story | undefined>(undefined);
  /** It is being told. */
  readonly isPlaying = signal(false);

  /** How many times as fast as people read. */
  readonly pace = signal(1);

  readonly #lab = inject(Lab);
  readonly #injector = inject(Injector);
  #play = Subscription.EMPTY;

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#play.unsubscribe());
  }

  /** Plays a story; another one that is being played ends there. */
  tell(story: Story): void {
    this.#play.unsubscribe();
    this.story.set(story);
    this.isPlaying.set(true);
    this.#play = this.#tellFrom(story.moments(this.#lab)[Symbol.iterator]()).subscribe({
      complete: () => this.isPlaying.set(false),
    });
  }

  /** Leaves things as they stand. */
  stop(): void {
    this.#play.unsubscribe();
    this.isPlaying.set(false);
  }

  /** The next moment is thought of when the one before has come true. */
  #tellFrom(moments: Iterator<Moment>): Observable<never> {
    return defer(() => {
      const next = moments.next();
      return next.done === true ? EMPTY : concat(this.#live(next.value), this.#tellFrom(moments));
    });
  }

  #live({ say, act, until }: Moment): Observable<never> {
    const said$ = defer(() => {
      this.says.set(say);
      return timer(READ / this.pace()).pipe(ignoreElements());
    });
    const done$ = defer(() => {
      act?.();
      return EMPTY;
    });
    const true$ =
      until === undefined
        ? EMPTY
        : toObservable(computed(until), { injector: this.#injector }).pipe(
            filter(Boolean),
            take(1),
            ignoreElements(),
          );
    const seen$ = timer(SEE / this.pace()).pipe(ignoreElements());
    // What is nobody's doing is said when it has happened.
    return act ? concat(said$, done$, true$, seen$) : concat(true$, said$, seen$);
  }
}
