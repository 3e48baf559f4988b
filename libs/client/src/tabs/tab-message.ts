import type { Version } from '@atomsync/protocol';
import type { ConnectionStatus } from '../connection/connection-status';
import type { GroupMessage } from '../connection/session';
import type { MutationId } from '../pending';
import type { Accepted } from '../receipt';
import type { SyncPhase } from '../status';

/** An error between tabs. */
export interface Said {
  readonly code: string;
  readonly message: string;
}

/** A term of a leading tab; the one with the higher number stands. */
export interface Term {
  readonly number: number;
  readonly tab: string;
}

/** What became of a mutation that another tab made. */
export interface Outcome {
  readonly id: MutationId;
  readonly accepted?: Accepted;
  readonly refused?: Said;
}

/** How a group stands in the leading tab. */
export interface GroupNews {
  readonly phase: SyncPhase;
  readonly pending: number;
  readonly ready: boolean;
  readonly error?: Said | undefined;
}

/** What tabs of one profile say to each other. */
export type TabMessage =
  /** Who leads? */
  | { readonly kind: 'who' }
  /** This tab does; `hidden` where nobody sees it. */
  | {
      readonly kind: 'leader';
      readonly term: Term;
      readonly connection: ConnectionNews;
      readonly hidden: boolean;
    }
  /** The app said `pause()` or `resume()` in a following tab. */
  | { readonly kind: 'pause' | 'resume' }
  /** The user has signed out. */
  | { readonly kind: 'signed-out' }
  | FollowerMessage
  | LeaderMessage;

export type ConnectionNews = Omit<ConnectionStatus, 'error'> & { readonly error?: Said | undefined };

/** What a following tab says of a group. */
export type FollowerMessage = { readonly from: string; readonly group: string } & (
  | {
      /** From now on this tab follows the group. */
      readonly kind: 'attach';
      readonly prefix: string;
      /** The schema version of the tab's program. */
      readonly version: number;
      /** Lines whose numbers may have been taken. */
      readonly lines: readonly string[];
      /** Mutations of this tab that were taken, and whose outcome it does not know. */
      readonly held: readonly MutationId[];
    }
  | { readonly kind: 'detach' }
  /** Mutations made on version `base` of the leading tab's value, encoded as they are stored. */
  | { readonly kind: 'offer'; readonly base: Version; readonly mutations: readonly OfferedMutation[] }
  /** The app has dealt with a refused mutation. */
  | { readonly kind: 'forget'; readonly id: MutationId }
);

export interface OfferedMutation {
  readonly record: Uint8Array;
  /** What it was called when it was given back. */
  readonly redeems?: MutationId | undefined;
}

/** What the leading tab says of a group: to one tab, or to all that follow it. */
export type LeaderMessage = { readonly term: Term; readonly group: string; readonly to?: string } & (
  | {
      readonly kind: 'group';
      readonly message: GroupMessage;
      /** Taken out of the value with this message, to be run again where they were made. */
      readonly returned?: readonly MutationId[];
    }
  /** An offer has been dealt with: what was taken came before, and the rest is stale. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'news'; readonly news: GroupNews }
  /** These are durable. */
  | { readonly kind: 'durable'; readonly ids: readonly MutationId[] }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'conflicts'; readonly conflicts: Uint8Array }
  /** All refused mutations of the group that the app has not dealt with. */
  | { readonly kind: 'rejected'; readonly records: readonly Uint8Array[] }
  /** The group is opened anew here: attach again. */
  | { readonly kind: 'again' }
);
