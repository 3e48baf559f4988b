import { BehaviorSubject } from 'rxjs';
import type { RejectedRecord } from './records';
import type { Rejected } from './rejected';

/** What a refused mutation can be told to do. */
export interface RejectedActions {
  retry(group: string, record: RejectedRecord): void;
  forget(group: string, record: RejectedRecord): void;
}

/** The mutations of all groups that were refused for good, until the app takes or drops them. */
export class RejectedList {
  readonly list$ = new BehaviorSubject<readonly Rejected[]>([]);
  readonly #actions: RejectedActions;

  constructor(actions: RejectedActions) {
    this.#actions = actions;
  }

  of(group: string): readonly Rejected[] {
    return this.list$.value.filter((rejected) => rejected.group === group);
  }

  add(group: string, records: readonly RejectedRecord[]): void {
    this.set(group, [...this.of(group), ...records]);
  }

  /** These are all of the group. */
  set(group: string, records: readonly RejectedRecord[]): void {
    const before = this.of(group);
    const known = new Map(before.map((rejected) => [nameOf(rejected), rejected]));
    const after = new Map<string, Rejected>();
    for (const record of records) {
      const name = nameOf(record);
      if (!after.has(name)) after.set(name, known.get(name) ?? this.#rejected(group, record));
    }
    if (after.size === before.length && before.every((rejected) => after.has(nameOf(rejected)))) return;
    this.list$.next([...this.list$.value.filter((other) => other.group !== group), ...after.values()]);
  }

  /** Nobody is signed in: the list rests in the local store. */
  clear(): void {
    this.list$.next([]);
  }

  /** Drops one that another tab's app has dealt with. */
  drop(group: string, id: Pick<RejectedRecord, 'clientId' | 'number'>): void {
    this.of(group)
      .find((rejected) => nameOf(rejected) === nameOf(id))
      ?.drop();
  }

  #rejected(group: string, record: RejectedRecord): Rejected {
    const rejected: Rejected = {
      ...record,
      group,
      retry: () => {
        this.#actions.retry(group, record);
        rejected.drop();
      },
      drop: () => {
        this.#actions.forget(group, record);
        this.list$.next(this.list$.value.filter((other) => other !== rejected));
      },
    };
    return rejected;
  }
}

function nameOf({ clientId, number }: Pick<RejectedRecord, 'clientId' | 'number'>): string {
  return `${clientId}:${number}`;
}
