export { localforageStore, type LocalforageStoreOptions } from './store/browser/localforage-store';
