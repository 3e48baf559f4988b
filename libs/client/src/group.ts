import type { DocMap } from '@atomsync/atom';
import type { ClientId, Limits } from '@atomsync/protocol';
import { lastValueFrom, Subject, type Observable } from 'rxjs';
import type { Steps } from './apply';
import type { ChangeEvent } from './change-event';
import type { Conflict } from './conflict';
import { ClientError } from './errors';
import type { GroupHost, OpenGroup } from './group-host';
import { GroupStatus } from './group-status';
import type { PendingMutation } from './pending';
import type { Refusal } from './rebase';
import { oversize } from './push';
import type { ReceiptStatus } from './receipt';
import { Receipts } from './receipts';
import {
  decodeRejected,
  isRejectedId,
  putPending,
  rejectedId,
  toRejected,
  type RejectedRecord,
} from './records';
import { Replica } from './replica';
import type { Moved, ReplicaRules, ReplicaWrite } from './replica-types';
import { StepBatch } from './step-batch';
import type { SyncStatus } from './status';
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
  readonly #status: GroupStatus;
  #durable = 0;
  readonly #receipts = new Receipts();
  readonly #seen = new Map<ClientId, number>();
  /** Opening, and then the pipelines, until they have drained. */
  readonly #work: Promise<void>;

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
    this.#status = new GroupStatus(host.connection$, this.replica);
    this.#work = this.#open().catch((error: unknown) => {
      this.#status.failed(error);
    });
  }

  get status$(): Observable<SyncStatus> {
    return this.#status.status$;
  }

  get isReady(): boolean {
    return this.#status.isReady;
  }

  /** Own writes through this place are durable. */
  get durableOrder(): number {
    return this.#durable;
  }

  /** Resolves when the value is more than the initial one: from the local store, else from the server. */
  async ready(): Promise<void> {
    await this.#status.ready();
    this.#assertOpen('ready()');
  }

  /** Resolves when the server has confirmed (or refused) all that was written. */
  async settled(): Promise<void> {
    await this.#status.settled();
    this.#assertOpen('settled()');
  }

  /** Own write; see `Replica.write`. */
  write(write: ReplicaWrite<D>): PendingMutation<D> | undefined {
    this.#assertOpen('A write');
    const before = this.replica.value;
    const mutation = this.replica.write(write, this.#host.now());
    if (mutation === undefined) return undefined;
    if (this.#status.isLoaded) {
      const batch = new StepBatch();
      putPending(mutation, batch);
      batch.order = mutation.order;
      this.#batches$.next(batch);
    }
    this.#status.tell();
    this.#tellChange('local', before, this.replica.value);
    return mutation;
  }

  /** As `write`, and tells what becomes of it. `undefined` when it came to nothing. */
  follow(write: ReplicaWrite<D>): Observable<ReceiptStatus> | undefined {
    const mutation = this.write(write);
    return mutation && this.#receipts.follow(mutation, mutation.order <= this.#durable);
  }

  async end(): Promise<void> {
    if (this.#status.isClosed) return this.#work;
    this.#batches$.complete();
    this.#status.close();
    this.#receipts.end();
    for (const subject of [this.value$, this.changes$, this.conflicts$]) subject.complete();
    await this.#work;
  }

  async #open(): Promise<void> {
    const store = await this.#openStore();
    const state = await store.load().catch((error: unknown) => {
      this.#status.failed(error);
      return undefined;
    });
    const batch = new StepBatch();
    const upgrade = state && this.replica.others.upgradeForStored(state);
    if (upgrade) {
      this.#status.loaded(false);
      this.#status.upgrade(upgrade);
      this.#tell(this.replica.stayOut(upgrade, batch));
      return store.append(batch.toLocalBatch()).finally(() => store.close());
    }
    const { moved, durable } = this.replica.restore(state ?? NOTHING, batch);
    this.#durable = durable;
    // Closed while it was loading: what was written meanwhile must not be lost.
    if (this.#status.isClosed) return store.append(batch.toLocalBatch()).finally(() => store.close());
    const drained = lastValueFrom(syncGroup(this.#context(store)), { defaultValue: undefined });
    this.#batches$.next(batch);
    this.#status.loaded(state?.cursor !== undefined);
    this.#tell(moved);
    if (state) this.#takeRejected(state);
    await drained.finally(() => store.close());
  }

  /** Where the local store is denied, the group goes on in memory. */
  async #openStore(): Promise<LocalGroup> {
    try {
      return await this.#host.openStore(this.name);
    } catch (error) {
      this.#status.failed(error);
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
      refuseOversize: (limits) => {
        this.#refuseOversize(limits);
      },
      distrust: (error) => {
        this.replica.distrust();
        this.#status.failed(error);
      },
      sending: ({ clientId, mutations }) => {
        this.replica.sending({ clientId, last: mutations.at(-1)?.number ?? 0 });
      },
      answered: () => {
        this.#settleDoubts();
      },
      live: (live) => {
        this.#status.live(live);
      },
      storeFailed: (error) => {
        this.#status.failed(error);
      },
      refused: (error) => {
        this.#status.refused(error);
      },
      upgrade: (error) => {
        this.#status.upgrade(error);
      },
    };
  }

  /** The steps of one message: told one by one, made durable together. */
  #apply(steps: Steps): void {
    const batch = new StepBatch();
    steps.forEach((step, index) => {
      this.#tell(this.replica.advance(step, batch, index + 1 < steps.length));
    });
    this.#batches$.next(batch);
    this.#status.tell();
  }

  #refuseOversize(limits: Limits): void {
    for (let oldest = this.replica.pending.first; oldest; oldest = this.replica.pending.first) {
      const fault = oversize(oldest, limits);
      if (fault === undefined) return;
      const batch = new StepBatch();
      const moved = this.replica.refuse(oldest, 'FRAME_TOO_LARGE', fault, batch);
      this.#batches$.next(batch);
      this.#tell(moved);
      this.#status.tell();
    }
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
    return Math.max(0, Math.round(time + this.#host.clockOffset()));
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

  #assertOpen(what: string): void {
    if (!this.#status.isClosed) return;
    throw new ClientError(
      'CLOSED',
      `${what} on the group '${this.name}', which is closed. Open it again with syncedAtom().`,
    );
  }
}

const NOTHING: LocalState = { docs: [], cursor: undefined, records: new Map() };
