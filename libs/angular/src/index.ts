/**
 * Synced atoms in Angular: providers, inject functions and signals.
 *
 * @module @atomsync/angular
 */

export { AngularSyncError, type AngularSyncErrorCode } from './angular-sync-error';
export { AtomPipe } from './atom-pipe';
export { atomSignal } from './atom-signal';
export type { AtomSignal, AtomWrites, CursorSignal } from './atom-signal-type';
export type { AtomSyncConfig } from './atom-sync-config';
export { cursorSignal } from './cursor-signal';
export type { SourceOf } from './follow';
export { encodeDocs } from './group-codec';
export { provideGroupLoader, type GroupLoader, type GroupRequest } from './group-loader';
export type { Equality } from './hold';
export { injectAtomSync } from './inject-atom-sync';
export { injectSyncStatus, type SyncStatusRef } from './inject-sync-status';
export { injectSyncedAtom, type InjectSyncedAtomOptions } from './inject-synced-atom';
export { injectSyncedValue, type InjectSyncedValueOptions } from './inject-synced-value';
export { injectView, type ViewSource } from './inject-view';
export type { GroupConflict } from './open-sources';
export { provideAtomSync } from './provide-atom-sync';
export { pullGroup, type PullOptions } from './pull-group';
export type { InjectorOptions, SignalOptions } from './signal-options';
export type { ConnectionOptions } from './sync-options';
export type { SyncedAtomRef, SyncedRef, SyncedValueRef } from './synced-atom-ref';
