export { provideAtomSync as provideAtomSyncTesting } from '@atomsync/angular';
