import type { DocMap } from '@atomsync/atom';
import type { ClientId } from '@atomsync/protocol';
import type { KeepAccepted } from './accepted';
import type { Conflict } from './conflict';
import type { Migrations } from './migrations';
import type { ScopedCall } from './named-call';
import type { Confirmed } from './own-lines';
import type { NamedCall, PendingMutation, WriteTerms } from './pending';
import type { RebaseRules, Refusal } from './rebase';

/** A write as the replica takes it. */
export interface ReplicaWrite<D> {
  readonly run: (docs: DocMap<D>) => DocMap<D>;
  /** Run again on a newer base; otherwise its outcome is plain data, merged field by field. */
  readonly rerun: boolean;
  readonly named?: ScopedCall | undefined;
  readonly readsGroup?: boolean;
  readonly terms?: WriteTerms;
}

/** What a move of base, or a load, did. */
export interface Moved<D> {
  readonly before: DocMap<D>;
  readonly value: DocMap<D>;
  /** Own mutations that are in base now. */
  readonly confirmed: readonly Confirmed<D>[];
  readonly refused: readonly Refusal<D>[];
  readonly conflicts: readonly Conflict[];
  /** Mutations of other tabs that are given back to them, to be run again. */
  readonly lent: readonly PendingMutation<D>[];
}

export interface ReplicaRules<D> extends Omit<RebaseRules<D>, 'isOnItsWay' | 'encode' | 'assertReadable'> {
  readonly migrations: Migrations;
  /** The function of a stored named swap; `undefined` when this program does not know it (any more). */
  readonly revive: (call: NamedCall) => ((docs: DocMap<D>) => DocMap<D>) | undefined;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
  /** The name of a new line. */
  readonly newClientId: () => ClientId;
  /** Other tabs may take over what this one does. */
  readonly hasTabs: boolean;
  readonly keepAccepted?: KeepAccepted | undefined;
}
