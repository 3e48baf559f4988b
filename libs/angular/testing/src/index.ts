/**
 * A server in memory for the tests of Angular apps.
 *
 * @module @atomsync/angular/testing
 */

export { AtomSyncTesting } from './atom-sync-testing';
export {
  provideAtomSyncTesting,
  type AtomSyncTestingOptions,
  type InitialDocs,
} from './provide-atom-sync-testing';
export type { Refusal } from './server-group';
