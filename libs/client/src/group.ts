import type { DocMap } from '@atomsync/atom';
import { concatMap, filter, EMPTY, lastValueFrom, Subject, takeUntil, type Observable } from 'rxjs';
import type { ChangeEvent } from './change-event';
import type { Conflict } from './conflict';
import { ClientError } from './errors';
import type { GroupCore, GroupRules } from './group-core';
import type { GroupHost, OpenGroup } from './group-host';
import { GroupStatus } from './group-status';
import type { HandedOver } from './handed-over';
import { lead } from './lead';
import type { MutationId, PendingMutation } from './pending';
import type { ReceiptStatus } from './receipt';
import { Receipts } from './receipts';
import type { Refusal } from './rebase';
import { putPending, rejectedId, toRejected, type RejectedRecord } from './records';
import { Replica } from './replica';
import type { Moved, ReplicaWrite } from './replica-types';
import { StepBatch } from './step-batch';
import type { SyncStatus } from './status';
import { following } from './tabs/following';
import type { TabFeed } from './tabs/tab-feed';
import type { FollowerMessage } from './tabs/tab-message';
import type { Role } from './tabs/tabs';

/**
 * One open group: the replica, and the road that keeps it in step: to the server and the local store, or to
 * the tab that leads. Atoms are views on it; however many there are, it is open once.
 */
export class Group<D> implements OpenGroup, GroupCore<D> {
  readonly name: string;
  readonly prefix: string;
  readonly host: GroupHost;
  readonly rules: GroupRules<D>;
  readonly replica: Replica<D>;
  readonly status: GroupStatus;
  readonly receipts = new Receipts();
  readonly batches$ = new Subject<StepBatch>();
  /** The docs after every change of value, own or others'. */
  readonly value$ = new Subject<DocMap<D>>();
  readonly changes$ = new Subject<ChangeEvent<D>>();
  readonly conflicts$ = new Subject<Conflict>();
  feed: TabFeed<D> | undefined;
  readonly #ended$ = new Subject<void>();
  #handed: HandedOver | undefined;
  /** Opening, and then the pipelines, until they have drained. */
  readonly #work: Promise<void>;

  constructor(name: string, prefix: string, host: GroupHost, rules: GroupRules<D>) {
    this.name = name;
    this.prefix = prefix;
    this.host = host;
    this.rules = rules;
    this.replica = new Replica(host.line(name), {
      ...rules,
      serverTime: (time) => this.serverTime(time),
      now: () => host.now(),
      newClientId: () => host.newClientId(),
      hasTabs: host.tabs() !== undefined,
      isLent: (mutation) => this.feed?.isPresent(mutation.author ?? mutation) ?? false,
    });
    this.status = new GroupStatus(host.connection$, this.replica);
    const handed = host.handedOver(name, prefix);
    if (handed && this.replica.show(handed.docs)) {
      this.#handed = handed;
      this.status.handedOver();
    }
    this.#work = lastValueFrom(
      host.role$.pipe(
        // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- what is under way when the group ends goes to its end
        takeUntil(this.#ended$),
        concatMap((role) => this.#road(role)),
      ),
      { defaultValue: undefined },
    ).catch((error: unknown) => {
      this.status.failed(error);
    });
  }

  get status$(): Observable<SyncStatus> {
    return this.status.status$;
  }

  get isReady(): boolean {
    return this.status.isReady;
  }

  /** Resolves when the value is more than the initial one: from the local store, else from the server. */
  async ready(): Promise<void> {
    await this.status.ready();
    this.#assertOpen('ready()');
  }

  /** Resolves when the server has confirmed (or refused) all that was written. */
  async settled(): Promise<void> {
    await this.status.settled();
    this.#assertOpen('settled()');
  }

  /** Own write; see `Replica.write`. */
  write(write: ReplicaWrite<D>): PendingMutation<D> | undefined {
    this.#assertOpen('A write');
    this.#assertSignedIn();
    const before = this.replica.value;
    const mutation = this.replica.write(write, this.host.now());
    if (mutation === undefined) return undefined;
    if (this.status.isLoaded) {
      const batch = new StepBatch();
      putPending(mutation, batch);
      batch.order = mutation.order;
      this.batches$.next(batch);
    }
    this.status.tell();
    this.#tellChange('local', before, this.replica.value);
    this.feed?.wrote(before, this.replica.value);
    return mutation;
  }

  /** As `write`, and tells what becomes of it. `undefined` when it came to nothing. */
  follow(write: ReplicaWrite<D>): Observable<ReceiptStatus> | undefined {
    const mutation = this.write(write);
    return mutation && this.receipts.follow(mutation, mutation.order <= this.receipts.durableOrder);
  }

  async end(): Promise<void> {
    if (this.status.isClosed) return this.#work;
    this.#ended$.next();
    this.batches$.complete();
    this.status.close();
    this.receipts.end();
    for (const subject of [this.value$, this.changes$, this.conflicts$]) subject.complete();
    await this.#work;
  }

  hear(message: FollowerMessage): void {
    if (message.kind !== 'forget') this.feed?.hear(message);
  }

  get pending(): number {
    return this.status.pending;
  }

  left(): Promise<void> {
    return this.status.left();
  }

  takeHanded(): HandedOver | undefined {
    const handed = this.#handed;
    this.#handed = undefined;
    return handed;
  }

  tell({ refused, ...moved }: Moved<D>, adopted?: MutationId): void {
    for (const each of moved.confirmed) this.receipts.confirmed(each);
    this.tellRefused(refused);
    this.#tellChange('remote', moved.before, moved.value);
    for (const conflict of moved.conflicts) this.conflicts$.next(conflict);
    this.feed?.moved({ ...moved, refused }, adopted);
  }

  tellRefused(refused: readonly Refusal<D>[]): void {
    for (const refusal of refused) {
      this.receipts.refused(refusal);
      this.host.reject(this.name, [toRejected(refusal)]);
    }
    if (refused.length > 0) this.feed?.tellRejected();
  }

  serverTime(time: number): number {
    return Math.max(0, Math.round(time + this.host.clockOffset()));
  }

  /** The app has dealt with a refused mutation. */
  forget(record: RejectedRecord): void {
    const tabs = this.host.tabs();
    if (tabs?.role.kind === 'following') {
      const { clientId, number } = record;
      tabs.post({ kind: 'forget', from: tabs.tab, group: this.name, id: { clientId, number } });
      return;
    }
    const batch = new StepBatch();
    batch.dropRecord(rejectedId(record));
    this.batches$.next(batch);
    this.feed?.tellRejected();
  }

  #road(role: Role): Observable<never> | Promise<void> {
    if (role.kind !== 'signed-out') this.status.loading();
    const over$ = this.host.role$.pipe(filter((next) => next !== role));
    switch (role.kind) {
      case 'leading':
        return lead(this, role, over$);
      case 'following':
        return following(this, role.term).pipe(takeUntil(over$));
      case 'signed-out':
        this.#leave();
        return EMPTY;
      case 'waiting':
        return EMPTY;
    }
  }

  /** Nobody is signed in: what there was is somebody's, and rests in the local store. */
  #leave(): void {
    const before = this.replica.value;
    this.#handed = undefined;
    this.replica.clear();
    this.receipts.end();
    this.status.signedOut();
    this.#tellChange('remote', before, this.replica.value);
  }

  #tellChange(origin: 'local' | 'remote', before: DocMap<D>, value: DocMap<D>): void {
    if (value === before) return;
    this.value$.next(value);
    if (!this.changes$.observed) return;
    const docs = [...value.changesSince(before)];
    if (docs.length > 0) this.changes$.next({ origin, docs });
  }

  #assertSignedIn(): void {
    if (!this.status.isSignedOut) return;
    throw new ClientError(
      'SIGNED_OUT',
      `A write to the group '${this.name}' while nobody is signed in: it would be nobody's. Call signIn() first.`,
    );
  }

  #assertOpen(what: string): void {
    if (!this.status.isClosed) return;
    throw new ClientError(
      'CLOSED',
      `${what} on the group '${this.name}', which is closed. Open it again with syncedAtom().`,
    );
  }
}
