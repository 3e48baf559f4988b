import { Subject, type BehaviorSubject, type Observer, type Subscriber, type Subscription } from 'rxjs';

/**
 * The members of RxJS 7's subjects that an atom builds on: internal there or deprecated as such, and unchanged
 * throughout 7. They are named here and nowhere else.
 */
export interface SubjectInternals<T> {
  _value: T;
  isStopped: boolean;
  hasError: boolean;
  thrownError: unknown;
  /** `null` after `unsubscribe`. */
  observers: Observer<T>[] | null;
}

export const internalsOf = <T>(subject: BehaviorSubject<T>): SubjectInternals<T> =>
  subject as unknown as SubjectInternals<T>;

interface Subscribing {
  _subscribe(subscriber: unknown): Subscription;
}

/** What a plain `Subject` does when it is subscribed to: adds the subscriber, or tells it that all is over. */
export const subscribeAsSubject = <T>(subject: BehaviorSubject<T>, subscriber: Subscriber<T>): Subscription =>
  (Subject.prototype as unknown as Subscribing)._subscribe.call(subject, subscriber);
