import type { DocMap } from '@atomsync/atom';
import type { ClientId, ErrorMessage } from '@atomsync/protocol';
import {
  BehaviorSubject,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  Subject,
  type Observable,
  type Subscription,
} from 'rxjs';
import type { Steps } from './apply';
import type { ChangeEvent } from './change-event';
import type { Conflict } from './conflict';
import type { ConnectionStatus } from './connection/connection-status';
import { ClientError, errorCode, errorMessage } from './errors';
import type { GroupHost, OpenGroup } from './group-host';
import type { PendingMutation } from './pending';
import type { Refusal } from './rebase';
import type { ReceiptStatus } from './receipt';
import { Receipts } from './receipts';
import {
  decodeRejected,
  encodePending,
  isRejectedId,
  pendingId,
  rejectedId,
  toRejected,
  type RejectedRecord,
} from './records';
import { Replica, type Moved, type ReplicaRules, type ReplicaWrite } from './replica';
import { StepBatch } from './step-batch';
import { phaseOf, sameStatus, type SyncStatus } from './status';
import type { LocalGroup, LocalState } from './store/local-store';
import { memoryLocalStore } from './store/memory-local-store';
import { syncGroup, type SyncContext } from './sync';

export type GroupRules<D> = Omit<ReplicaRules<D>, 'serverTime' | 'now' | 'newClientId'>;

/**
 * One open group: the replica, its place in the local store, and the pipelines that keep it in step. Atoms
 * are views on it; however many there are, it is open once.
 */
export class Group<D> implements OpenGroup {
  readonly name: string;
  readonly prefix: string;
  readonly replica: Replica<D>;
  /** The docs after every change of value, own or others'. */
  readonly value$ = new Subject<DocMap<D>>();
  readonly changes$ = new Subject<ChangeEvent<D>>();
  readonly conflicts$ = new Subject<Conflict>();

  readonly #host: GroupHost;
  readonly #batches$ = new Subject<StepBatch>();
  readonly #status$: BehaviorSubject<SyncStatus>;
  readonly #ready$ = new BehaviorSubject(false);
  readonly #subscriptions: Subscription[] = [];
  #connection: ConnectionStatus = { phase: 'connecting', attempt: 0 };
  #store: LocalGroup | undefined;
  #loaded = false;
  #live = false;
  #durable = 0;
  #clockOffset = 0;
  readonly #receipts = new Receipts();
  readonly #seen = new Map<ClientId, number>();
  #storeError: ClientError | undefined;
  #refusal: ClientError | undefined;
  #closed = false;

  constructor(name: string, prefix: string, host: GroupHost, rules: GroupRules<D>) {
    this.name = name;
    this.prefix = prefix;
    this.#host = host;
    this.replica = new Replica(host.line(name), {
      ...rules,
      serverTime: (time) => this.#serverTime(time),
      now: () => host.now(),
      newClientId: () => host.newClientId(),
    });
    this.#status$ = new BehaviorSubject<SyncStatus>({ phase: 'loading', pending: 0 });
    this.#subscriptions.push(
      host.connection$.subscribe((status) => {
        this.#connection = status;
        this.#tellStatus();
      }),
    );
    void this.#open();
  }

  get status$(): Observable<SyncStatus> {
    return this.#status$.pipe(distinctUntilChanged(sameStatus));
  }

  get isReady(): boolean {
    return this.#ready$.value;
  }

  /** Own writes through this place are durable. */
  get durableOrder(): number {
    return this.#durable;
  }

  /** Resolves when the value is more than the initial one: from the local store, else from the server. */
  async ready(): Promise<void> {
    await firstValueFrom(this.#ready$.pipe(filter(Boolean)), { defaultValue: undefined });
    this.#assertOpen('ready()');
  }

  /** Resolves when the server has confirmed (or refused) all that was written. */
  async settled(): Promise<void> {
    await firstValueFrom(this.#status$.pipe(filter(({ pending }) => pending === 0)), {
      defaultValue: undefined,
    });
    this.#assertOpen('settled()');
  }

  /** Own write; see `Replica.write`. */
  write(write: ReplicaWrite<D>): PendingMutation<D> | undefined {
    this.#assertOpen('A write');
    const before = this.replica.value;
    const mutation = this.replica.write(write, this.#host.now());
    if (mutation === undefined) return undefined;
    if (this.#loaded) {
      const batch = new StepBatch();
      batch.putRecord(pendingId(mutation), encodePending(mutation));
      batch.order = mutation.order;
      this.#batches$.next(batch);
    }
    this.#tellStatus();
    this.#tellChange('local', before, this.replica.value);
    return mutation;
  }

  /** As `write`, and tells what becomes of it. `undefined` when it came to nothing. */
  follow(write: ReplicaWrite<D>): BehaviorSubject<ReceiptStatus> | undefined {
    const mutation = this.write(write);
    return mutation && this.#receipts.follow(mutation, mutation.order <= this.#durable);
  }

  async end(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#tellStatus();
    this.#receipts.end();
    for (const subject of [this.#status$, this.#ready$, this.value$, this.changes$, this.conflicts$])
      subject.complete();
    await this.#store?.close();
  }

  async #open(): Promise<void> {
    const store = await this.#openStore();
    const state = await store.load().catch((error: unknown) => {
      this.#fail(error);
      return undefined;
    });
    if (this.#isClosed()) return store.close();
    this.#store = store;
    const batch = new StepBatch();
    const { moved, durable } = this.replica.restore(state ?? NOTHING, batch);
    this.#loaded = true;
    this.#durable = durable;
    this.#subscriptions.push(syncGroup(this.#context(store)).subscribe());
    this.#batches$.next(batch);
    this.#tell(moved);
    if (state) this.#takeRejected(state);
    if (state?.cursor) this.#ready$.next(true);
    this.#tellStatus();
  }

  /** Where the local store is denied, the group goes on in memory. */
  async #openStore(): Promise<LocalGroup> {
    try {
      return await this.#host.store.open(this.name);
    } catch (error) {
      this.#fail(error);
      return memoryLocalStore().open(this.name);
    }
  }

  #context(store: LocalGroup): SyncContext<D> {
    return {
      group: this.name,
      prefix: this.prefix,
      replica: this.replica,
      store,
      scheduler: this.#host.scheduler,
      debounce: this.#host.debounce,
      sessions$: this.#host.sessions$,
      batches$: this.#batches$,
      apply: (steps) => {
        this.#apply(steps);
      },
      durable: ({ order, seen }) => {
        this.#durable = Math.max(this.#durable, order);
        this.#receipts.durable(this.#durable);
        for (const [clientId, { number }] of seen) this.#seen.set(clientId, number);
      },
      seen: (clientId) => this.#seen.get(clientId) ?? 0,
      durableOrder: () => this.#durable,
      serverTime: (time) => this.#serverTime(time),
      welcomed: (serverTime) => {
        this.#clockOffset = serverTime - this.#host.now();
      },
      sending: ({ clientId, mutations }) => {
        this.replica.sending({ clientId, last: mutations.at(-1)?.number ?? 0 });
      },
      answered: () => {
        this.#settleDoubts();
      },
      live: (live) => {
        this.#setLive(live);
      },
      storeFailed: (error) => {
        this.#fail(error);
      },
      refused: (error) => {
        this.#refuse(error);
      },
    };
  }

  /** The steps of one message: told one by one, made durable together. */
  #apply(steps: Steps): void {
    const batch = new StepBatch();
    for (const step of steps) this.#tell(this.replica.advance(step, batch));
    this.#batches$.next(batch);
    this.#tellStatus();
  }

  #settleDoubts(): void {
    this.replica.sending(undefined);
    const batch = new StepBatch();
    const refused = this.replica.settleDoubts(batch);
    if (refused.length === 0) return;
    this.#tellRefused(refused);
    this.#batches$.next(batch);
  }

  #tellRefused(refused: readonly Refusal<D>[]): void {
    for (const refusal of refused) {
      this.#receipts.refused(refusal);
      this.#reject([toRejected(refusal)]);
    }
  }

  /** Tells everyone what a move of base, or the load, did; base and pending have moved already. */
  #tell({ before, value, confirmed, refused, conflicts }: Moved<D>): void {
    for (const each of confirmed) this.#receipts.confirmed(each);
    this.#tellRefused(refused);
    for (const conflict of conflicts) this.conflicts$.next(conflict);
    this.#tellChange('remote', before, value);
  }

  #tellChange(origin: 'local' | 'remote', before: DocMap<D>, value: DocMap<D>): void {
    if (value === before) return;
    this.value$.next(value);
    if (!this.changes$.observed) return;
    const docs = [...value.changesSince(before)];
    if (docs.length > 0) this.changes$.next({ origin, docs });
  }

  #serverTime(time: number): number {
    return Math.max(0, Math.round(time + this.#clockOffset));
  }

  #setLive(live: boolean): void {
    this.#live = live;
    if (live) {
      this.#refusal = undefined;
      this.#ready$.next(true);
    }
    this.#tellStatus();
  }

  #takeRejected(state: LocalState): void {
    const rejected: RejectedRecord[] = [];
    for (const [id, bytes] of state.records) if (isRejectedId(id)) rejected.push(decodeRejected(bytes));
    this.#reject(rejected);
  }

  #reject(records: readonly RejectedRecord[]): void {
    if (records.length > 0) this.#host.reject(this, records);
  }

  forget(record: RejectedRecord): void {
    const batch = new StepBatch();
    batch.dropRecord(rejectedId(record));
    this.#batches$.next(batch);
  }

  #fail(error: unknown): void {
    this.#storeError =
      error instanceof ClientError
        ? error
        : new ClientError(errorCode(error), errorMessage(error), { cause: error });
    this.#tellStatus();
  }

  #refuse(error: ErrorMessage): void {
    if (error.retryable) return;
    this.#refusal = new ClientError(error.code, error.message);
    this.#tellStatus();
  }

  #tellStatus(): void {
    const error = this.#refusal ?? this.#connection.error ?? this.#storeError;
    const pending = this.replica.pending.size;
    const phase = phaseOf({
      closed: this.#closed,
      loaded: this.#loaded,
      live: this.#live,
      refused: this.#refusal !== undefined,
      connection: this.#connection,
    });
    this.#status$.next({ phase, pending, ...(error ? { error } : {}) });
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #assertOpen(what: string): void {
    if (!this.#closed) return;
    throw new ClientError(
      'CLOSED',
      `${what} on the group '${this.name}', which is closed. Open it again with syncedAtom().`,
    );
  }
}

const NOTHING: LocalState = { docs: [], cursor: undefined, records: new Map() };
