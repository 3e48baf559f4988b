import { assertInInjectionContext, inject } from '@angular/core';
import type { AtomSync } from '@atomsync/client';
import { AngularSyncError } from './angular-sync-error';
import { ATOM_SYNC } from './connection';

/**
 * The connection that `provideAtomSync` provides: `pause`, `resume`, `signIn`, `signOut`, `status$`, `rejected$`.
 *
 * @throws AngularSyncError `NO_PROVIDER`
 */
export function injectAtomSync(): AtomSync {
  assertInInjectionContext(injectAtomSync);
  const sync = inject(ATOM_SYNC, { optional: true });
  if (sync) return sync;
  throw new AngularSyncError(
    'NO_PROVIDER',
    'No connection is provided here. Put provideAtomSync({ name, server }) among the providers of the application, or ' +
      'provideAtomSyncTesting() among those of the test.',
  );
}
