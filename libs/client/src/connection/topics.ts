import { defer, EMPTY, finalize, Subject, type Observable } from 'rxjs';

/** Streams by name. Passing a value on costs one look-up, however many names are listened to. */
export class Topics<T> {
  readonly #subjects = new Map<string, Subject<T>>();
  #ended = false;

  /** What comes under `name` from the moment of subscription; completes when all topics end. */
  observe(name: string): Observable<T> {
    return defer(() => (this.#ended ? EMPTY : this.#join(name)));
  }

  next(name: string, value: T): void {
    this.#subjects.get(name)?.next(value);
  }

  end(): void {
    this.#ended = true;
    const subjects = [...this.#subjects.values()];
    this.#subjects.clear();
    for (const subject of subjects) subject.complete();
  }

  #join(name: string): Observable<T> {
    const subject = this.#subjects.get(name) ?? new Subject<T>();
    this.#subjects.set(name, subject);
    return subject.pipe(
      finalize(() => {
        if (!subject.observed && this.#subjects.get(name) === subject) this.#subjects.delete(name);
      }),
    );
  }
}
