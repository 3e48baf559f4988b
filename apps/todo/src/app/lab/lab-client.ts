import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { DocEdit } from '@atomsync/client';
import { injectAtomSync, injectSyncedAtom, injectSyncStatus } from '@atomsync/angular';
import { filter, Subscription, timer } from 'rxjs';
import { COUNTER, countOf, isTodo, LAB_GROUP, todosOf, type LabDoc } from './lab-doc';
import { LAB_SEAT } from './lab-seat';
import { PendingWrites } from './pending-writes';
import { Wire } from './wire';

/** Something that happened to an own write on its way. */
export interface LabNote {
  /** Of the write: the next one about it takes the place of this one. */
  readonly id: number;
  readonly text: string;
}

/** How long notes and confirmed writes are shown, in milliseconds, and how many notes. */
const NOTE = 8_000;
const CONFIRMED = 1_500;
const NOTES = 3;

/** One person's device: a client of its own, with a connection of its own. */
@Injectable()
export class LabClient {
  readonly name = inject(LAB_SEAT).name;
  readonly wire = inject(Wire);
  readonly docs = injectSyncedAtom<LabDoc>(LAB_GROUP);
  readonly sync = injectSyncStatus();
  readonly writes = new PendingWrites();
  readonly notes = signal<readonly LabNote[]>([]);

  readonly counter = computed(() => countOf(this.docs.value()));
  readonly todos = computed(() => todosOf(this.docs.value()));
  readonly offline = computed(() => this.sync.phase() === 'paused');
  /** It is connected, and has all there is. */
  readonly live = computed(() => this.docs.status().phase === 'live');
  readonly settled = computed(() => this.docs.pending() === 0);

  readonly #connection = injectAtomSync();
  readonly #timers = new Subscription();

  constructor() {
    this.wire.lag.set(inject(LAB_SEAT).lag);
    inject(DestroyRef).onDestroy(() => this.#timers.unsubscribe());
    const { atom } = this.docs;
    atom.pending$.pipe(takeUntilDestroyed()).subscribe((count) => this.#settle(count));
    const others$ = atom.changes$.pipe(
      filter(({ origin }) => origin === 'remote'),
      takeUntilDestroyed(),
    );
    others$.subscribe(({ docs }) => {
      this.#merged(new Set(docs.filter(isSeen).map(({ key }) => key)));
    });
  }

  setOffline(offline: boolean): void {
    if (offline) this.#connection.pause();
    else this.#connection.resume();
  }

  /** A swap: it runs again where others were first. That it tells of its runs changes nothing about them. */
  increment(): void {
    const id = this.writes.begin('inc', COUNTER);
    let made = false;
    this.docs.atom.swap((docs) => {
      const from = countOf(docs);
      const to = from + 1;
      const again = this.writes.ran(id, from, to, made);
      if (made) this.#note(id, `inc ran again on ${from} → ${to}${again > 1 ? `, the ${again}th time` : ''}`);
      return docs.with(COUNTER, { count: to });
    });
    made = true;
  }

  add(text: string): void {
    this.#write('add', `todo:${Date.now()}-${this.name}`, (key) =>
      this.docs.atom.put(key, { text, done: false }),
    );
  }

  rename(key: string, text: string): void {
    this.#write('rename', key, () => this.docs.atom.patch(key, { text }));
  }

  mark(key: string, done: boolean): void {
    this.#write(done ? 'tick' : 'untick', key, () => this.docs.atom.patch(key, { done }));
  }

  remove(key: string): void {
    this.#write('remove', key, () => this.docs.atom.remove(key));
  }

  /** The text of a todo as this client has it. */
  textOf(key: string): string {
    const doc = this.docs.value().get(key);
    return isTodo(doc) ? doc.text : '';
  }

  /** A write that is data: merged field by field where others were first. */
  #write(name: string, key: string, write: (key: string) => void): void {
    const before = this.docs.atom.value;
    write(key);
    if (this.docs.atom.value !== before) this.writes.begin(name, key);
  }

  #settle(count: number): void {
    const ids = this.writes.settle(count, () => this.wire.takeOwnVersion()).map(({ id }) => id);
    if (ids.length > 0) this.#after(CONFIRMED, () => this.writes.drop(ids));
  }

  #merged(keys: ReadonlySet<string>): void {
    for (const { id, name, key, run } of this.writes.waiting()) {
      if (run === undefined && keys.has(key)) this.#note(id, `${name} merged with what others did`);
    }
  }

  #note(id: number, text: string): void {
    const note = { id, text };
    this.notes.update((all) => [...all.filter((each) => each.id !== id), note].slice(-NOTES));
    this.#after(NOTE, () => this.notes.update((all) => all.filter((each) => each !== note)));
  }

  #after(wait: number, task: () => void): void {
    this.#timers.add(timer(wait).subscribe(task));
  }
}

/** Whether a change is one for the eye: what lies under an own write may change unseen. */
function isSeen({ before, after }: DocEdit<LabDoc>): boolean {
  return !isTodo(before) || !isTodo(after) || before.text !== after.text || before.done !== after.done;
}
