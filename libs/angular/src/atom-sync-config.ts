import type { AtomSyncOptions } from '@atomsync/client';

/** What a connection is opened with. */
export interface AtomSyncConfig extends AtomSyncOptions {
  /** Names the app on this machine: its local store, and its log lines. */
  readonly name: string;
  /** The token, or what gets one, called in the injection context of the connection: `() => inject(Auth).token()`. */
  readonly token?: AtomSyncOptions['token'];
}
