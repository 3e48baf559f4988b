import 'zone.js';
import { provideZoneChangeDetection } from '@angular/core';
import type { SyncedAtom } from '@atomsync/client';
import { filter, firstValueFrom } from 'rxjs';
import * as app from './rows';

export { change, settled, shows, taken } from './rows';

let unseen: SyncedAtom<app.Item>;

export async function start(server: string, count: number): Promise<void> {
  const running = await app.start(server, count, provideZoneChangeDetection({ eventCoalescing: true }));
  unseen = app.openUnseen(running, 'unseen');
  await unseen.ready();
  await unseen.settled();
  await running.whenStable();
}

/** Resolves when a group that is not shown has a doc. */
export async function hasUnseen(key: string): Promise<void> {
  await firstValueFrom(unseen.pipe(filter((docs) => docs.has(key))));
}
