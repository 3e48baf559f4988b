import { makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import type { AtomSyncConfig } from './atom-sync-config';
import { ATOM_SYNC, openConnection } from './connection';

/**
 * Provides a connection: opened when it is first injected, closed with the environment injector. Given a function,
 * that runs in an injection context, and so does `token`.
 *
 * On a server that renders pages nothing connects.
 *
 * @example
 * bootstrapApplication(App, {
 *   providers: [provideAtomSync({ name: 'my-app', server: '/sync', token: () => inject(Auth).token() })],
 * });
 */
export function provideAtomSync(config: AtomSyncConfig | (() => AtomSyncConfig)): EnvironmentProviders {
  return makeEnvironmentProviders([{ provide: ATOM_SYNC, useFactory: () => openConnection(config) }]);
}
