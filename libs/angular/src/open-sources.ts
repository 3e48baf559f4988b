import { computed, signal, untracked, type Signal } from '@angular/core';
import type { AtomSync, Conflict, SyncStatus } from '@atomsync/client';
import type { Observable } from 'rxjs';
import { hold, type Held } from './hold';

/** A conflict, and the group it happened in. */
export interface GroupConflict extends Conflict {
  readonly group: string;
}

/** What is known of any open atom. */
export interface Source {
  readonly status$: Observable<SyncStatus>;
  readonly conflicts$: Observable<Conflict>;
}

/** How many conflicts are kept until somebody clears them. */
const KEPT = 100;

const LOADING: SyncStatus = { phase: 'loading', pending: 0 };

interface Opened {
  readonly held: Held<SyncStatus>;
  readonly end: () => void;
  users: number;
}

/** The atoms that are open in a connection through this package, as its status sees them. */
export class OpenSources {
  static readonly #all = new WeakMap<AtomSync, OpenSources>();
  readonly #opened = new Map<Source, Opened>();
  readonly #statuses = signal<readonly Signal<SyncStatus>[]>([]);
  readonly #conflicts = signal<readonly GroupConflict[]>([]);

  /** Own mutations not yet confirmed, in all of them. */
  readonly pending = computed(() => this.#statuses().reduce((sum, status) => sum + status().pending, 0));
  /** The latest conflicts, oldest first. */
  readonly conflicts = this.#conflicts.asReadonly();

  static of(sync: AtomSync): OpenSources {
    const known = this.#all.get(sync);
    if (known) return known;
    const made = new OpenSources();
    this.#all.set(sync, made);
    return made;
  }

  /** Counts an atom in until the returned function is called; its status is one, however often it is open. */
  add(group: string, source: Source): { readonly status: Signal<SyncStatus>; readonly close: () => void } {
    const known = this.#opened.get(source);
    const opened = known ?? this.#open(group, source);
    opened.users++;
    return {
      status: opened.held.value,
      close: () => {
        if (--opened.users === 0) opened.end();
      },
    };
  }

  clearConflicts(): void {
    this.#conflicts.set([]);
  }

  #open(group: string, source: Source): Opened {
    const held = hold(source.status$, LOADING);
    const conflicts = source.conflicts$.subscribe((conflict) => {
      this.#conflicts.update((all) => [...all, { ...conflict, group }].slice(-KEPT));
    });
    const opened: Opened = {
      held,
      users: 0,
      end: () => {
        this.#opened.delete(source);
        held.close();
        conflicts.unsubscribe();
        untracked(() => this.#tell());
      },
    };
    this.#opened.set(source, opened);
    untracked(() => this.#tell());
    return opened;
  }

  #tell(): void {
    this.#statuses.set(Array.from(this.#opened.values(), ({ held }) => held.value));
  }
}
