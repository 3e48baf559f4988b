import 'zone.js';
import {
  NgZone,
  provideZoneChangeDetection,
  runInInjectionContext,
  type ApplicationRef,
} from '@angular/core';
import { injectAtomSync } from '@atomsync/angular';
import type { SyncedAtom } from '@atomsync/client';
import { filter, firstValueFrom } from 'rxjs';
import * as app from './rows';

export { change, settled, shows, taken } from './rows';

let running: ApplicationRef;
let unseen: SyncedAtom<app.Item>;

export async function start(server: string, count: number): Promise<void> {
  running = await app.start(server, count, provideZoneChangeDetection({ eventCoalescing: true }));
  unseen = app.openUnseen(running, 'unseen');
  await unseen.ready();
  await unseen.settled();
  await running.whenStable();
}

/** Resolves when a group that is not shown has a doc. */
export async function hasUnseen(key: string): Promise<void> {
  await firstValueFrom(unseen.pipe(filter((docs) => docs.has(key))));
}

/** Connects anew, as a button would. */
export async function reconnect(): Promise<void> {
  const sync = runInInjectionContext(running.injector, injectAtomSync);
  running.injector.get(NgZone).run(() => {
    sync.pause();
    sync.resume();
  });
  await firstValueFrom(unseen.status$.pipe(filter(({ phase }) => phase === 'live')));
  await running.whenStable();
}
