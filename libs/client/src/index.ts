/**
 * Connections and synced atoms, in browsers and in Node.
 *
 * @module @atomsync/client
 */

export { AtomSync, openAtomSync } from './atom-sync';
export type { AtomSyncOptions, Identity, SignOutOptions } from './atom-sync-options';
export type { ConnectionStatus } from './connection/connection-status';
export { ConnectionError } from './connection/connection-error';
export type { Presence, PresenceSignal } from './connection/presence';
export type { WebSocketFactory } from './connection/socket';
export type { Link, Transport } from './connection/transport';
export { webSocketTransport, type WebSocketTransportOptions } from './connection/web-socket-transport';
export type { DebounceOptions } from './debounce';
export { ClientError } from './errors';
export type { HandedOver, HandOver } from './handed-over';
export type { MigrationStep } from './migrations';
export type { ChangeEvent, DocEdit } from './change-event';
export type { Conflict, ConflictPolicy, ConflictRule, Kept } from './conflict';
export { publishAtom, type ChannelOptions } from './publish-atom';
export { Receipt, type Accepted, type ReceiptStatus } from './receipt';
export type { Rejected } from './rejected';
export type { SyncPhase, SyncStatus } from './status';
export type { LocalBatch, LocalDoc, LocalGroup, LocalState, LocalStore } from './store/local-store';
export { LocalStoreError, type LocalStoreErrorCode } from './store/local-store-error';
export { MemoryDisk, type MemoryDiskOptions } from './store/memory-disk';
export { memoryLocalStore } from './store/memory-local-store';
export { subscribeAtom, type SubscribeAtomOptions } from './subscribe-atom';
export type { TransactOptions } from './synced';
export type { TabChannel, TabPlatform } from './tabs/tab-platform';
export { SyncedAtom, syncedAtom, type SyncedAtomOptions } from './synced-atom';
export { SyncedValue, syncedValue, type SyncedValueOptions } from './synced-value';
export type { SyncOptions } from './write-rules';
