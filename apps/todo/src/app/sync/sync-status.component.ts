import { Component, computed, input, output, signal } from '@angular/core';
import type { Conflict, SyncStatus } from '@atomsync/client';
import { injectAtomSync, injectSyncStatus } from '@atomsync/angular';
import { steady } from './steady';
import { tellConflict } from './tell-conflict';
import { tellStatus } from './tell-status';
import { setWorksOffline } from './work-offline';

/** The quiet line under the list: how it stands, a switch to work offline, and what met with others' edits. */
@Component({
  selector: 'app-sync-status',
  templateUrl: './sync-status.component.html',
  host: { class: 'sync-status' },
})
export class SyncStatusComponent {
  /** Of the list. */
  readonly status = input.required<SyncStatus>();
  /** The user wants their own value after all. */
  readonly restored = output<Conflict>();

  protected readonly sync = injectSyncStatus();
  protected readonly paused = computed(() => this.sync.phase() === 'paused');
  protected readonly line = steady(computed(() => tellStatus(this.sync.phase(), this.status())));
  protected readonly conflicts = computed(() =>
    this.sync
      .conflicts()
      .filter((conflict) => !this.#seen().has(conflict))
      .map((conflict) => ({
        conflict,
        text: tellConflict(conflict),
        canRestore: conflict.kept === 'theirs' && conflict.path.length === 1,
      })),
  );

  readonly #connection = injectAtomSync();
  readonly #seen = signal<ReadonlySet<Conflict>>(new Set());

  protected toggle(): void {
    const offline = !this.paused();
    setWorksOffline(offline);
    if (offline) this.#connection.pause();
    else this.#connection.resume();
  }

  protected restore(conflict: Conflict): void {
    this.restored.emit(conflict);
    this.dismiss(conflict);
  }

  protected dismiss(conflict: Conflict): void {
    this.#seen.update((seen) => new Set([...seen, conflict]));
  }
}
