/**
 * What a client needs in browsers alone: the local store in IndexedDB.
 *
 * @module @atomsync/client/browser
 */

export { localforageStore, type LocalforageStoreOptions } from './store/browser/localforage-store';
