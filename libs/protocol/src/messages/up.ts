import type { ClientId, FeedCursor, Mutation, Version } from './parts';

/** The first message on a connection: who speaks. */
export interface Hello {
  readonly type: 'hello';
  readonly clientId: ClientId;
  readonly user?: string;
  readonly token?: string;
}

/** Opens the feed of a group (again). A connection opens a group with one prefix. */
export interface Subscribe {
  readonly type: 'subscribe';
  readonly group: string;
  readonly prefix?: string;
  /** Absent for a client that has nothing. */
  readonly cursor?: FeedCursor;
  /** Older lines of this client that still have pending mutations in the group; `changes` tells where they stand. */
  readonly lines: readonly ClientId[];
  /** The schema version of the docs this client writes; 1 when left out. */
  readonly schemaVersion?: number;
}

export interface Unsubscribe {
  readonly type: 'unsubscribe';
  readonly group: string;
}

/** Mutations of one line in one group, in the order of their numbers, all made on (or rebased to) `base`. */
export interface Push {
  readonly type: 'push';
  readonly group: string;
  readonly clientId: ClientId;
  /** The version the client's base had when this push was made up. */
  readonly base: Version;
  /** Answers through this number have been dealt with for good. */
  readonly seen: number;
  readonly mutations: readonly Mutation[];
}

/** Answers through `number` have been dealt with; `closed` says that the line writes no more in this group. */
export interface Seen {
  readonly type: 'seen';
  readonly group: string;
  readonly clientId: ClientId;
  readonly number: number;
  readonly closed: boolean;
}

/** A renewed token for the open connection. */
export interface Token {
  readonly type: 'token';
  readonly token: string;
}

export interface Ping {
  readonly type: 'ping';
}

export type UpMessage = Hello | Subscribe | Unsubscribe | Push | Seen | Token | Ping;
