import type { ClientId, Limits } from '@atomsync/protocol';
import { lastValueFrom, Subscription, take, takeUntil, type Observable } from 'rxjs';
import type { Steps } from './apply';
import type { GroupCore } from './group-core';
import { takeUp } from './handed-over';
import { errorCode } from './errors';
import { oversize } from './push';
import { encodeRejected, readRejected, rejectedId } from './records';
import { StepBatch } from './step-batch';
import type { LocalBatch, LocalGroup, LocalState } from './store/local-store';
import { LastingGroup } from './store/lasting-group';
import { syncGroup } from './sync';
import type { SyncContext } from './sync-context';
import { serve } from './tabs/serve';
import type { Role } from './tabs/tabs';

/**
 * The road of a group from here to the server, by way of the local store: opens that, takes up what it holds,
 * and keeps both in step, until the group ends or another tab leads (`over$`). Resolves when the store has
 * been given back.
 */
export async function lead<D>(group: GroupCore<D>, role: Role, over$: Observable<unknown>): Promise<void> {
  const { replica, status } = group;
  let over = false;
  const watching = over$.pipe(take(1)).subscribe(() => (over = true));
  // Another tab leads by now: to open the store would take it away from that one.
  if (over) return;
  const store = new LastingGroup(
    () => group.host.openStore(group.name),
    () => everything(group),
  );
  const stored = await store.load().catch((error: unknown) => {
    if (group.host.tabs() && errorCode(error) === 'STORE_CLOSED') group.host.beginNewTerm(role);
    else status.failed(error);
    return undefined;
  });
  watching.unsubscribe();
  if (over) return store.close();
  const batch = new StepBatch();
  const state = takeUp(group.takeHanded(), stored, batch);
  const upgrade = state && replica.others.upgradeForStored(state);
  if (upgrade) {
    status.loaded(false);
    status.upgrade(upgrade);
    group.tell(replica.stayOut(upgrade, batch));
    return store.append(batch.toLocalBatch()).finally(() => store.close());
  }
  const { moved, durable } = replica.restore(state ?? NOTHING, batch);
  group.receipts.placed(replica.pending, durable);
  // Closed while it was loading: what was written meanwhile must not be lost.
  if (status.isClosed) return store.append(batch.toLocalBatch()).finally(() => store.close());
  const serving = new Subscription();
  const drained = lastValueFrom(syncGroup(contextOf(group, store, role, over$)), { defaultValue: undefined });
  group.batches$.next(batch);
  status.relay(undefined);
  status.loaded(state?.cursor !== undefined);
  status.damaged(stored?.damage);
  if (state) group.host.setRejected(group.name, readRejected(state.records));
  group.tell(moved);
  serving.add(serve(group));
  await drained
    .finally(() => {
      serving.unsubscribe();
    })
    .finally(() => store.close());
}

/** All that the local store has to hold, for one that has lost it. */
function everything<D>({ replica, host, name }: GroupCore<D>): LocalBatch {
  const batch = new StepBatch();
  batch.replace();
  replica.storeAll(batch);
  for (const record of host.rejected(name)) batch.putRecord(rejectedId(record), () => encodeRejected(record));
  return batch.toLocalBatch();
}

function contextOf<D>(
  group: GroupCore<D>,
  store: LocalGroup,
  role: Role,
  over$: Observable<unknown>,
): SyncContext<D> {
  const { host, replica, status, receipts } = group;
  const answeredThrough = new Map<ClientId, number>();
  let sendable = receipts.durableOrder;

  return {
    group: group.name,
    prefix: group.prefix,
    replica,
    store,
    takenOver: host.tabs() && (() => host.beginNewTerm(role)),
    scheduler: host.scheduler,
    debounce: host.debounce,
    sessions$: host.sessions$,
    batches$: group.batches$.pipe(takeUntil(over$)),
    apply: (steps) => {
      apply(group, steps);
    },
    journaled: ({ order, seen, stored, whole }) => {
      sendable = Math.max(sendable, order);
      if (!stored) return;
      status.stored(whole);
      receipts.durable(order);
      group.feed?.durable(order);
      for (const [clientId, { number }] of seen) answeredThrough.set(clientId, number);
    },
    seen: (clientId) => answeredThrough.get(clientId) ?? 0,
    sendable: () => sendable,
    serverTime: (time) => group.serverTime(time),
    refuseOversize: (limits) => {
      refuseOversize(group, limits);
    },
    distrust: (error) => {
      replica.distrust();
      status.damaged(error);
    },
    sending: ({ clientId, mutations }) => {
      replica.sending({ clientId, last: mutations.at(-1)?.number ?? 0 });
    },
    answered: () => {
      settleDoubts(group);
    },
    renumber: () => {
      settleDoubts(group);
      const batch = new StepBatch();
      const moved = replica.renumber(batch);
      group.batches$.next(batch);
      group.tell(moved);
      group.status.tell();
    },
    live: (live) => {
      status.live(live);
    },
    storeFailed: (error) => {
      status.failed(error);
    },
    refused: (error) => {
      status.refused(error);
    },
    upgrade: (error) => {
      status.upgrade(error);
    },
  };
}

/** The steps of one message: told one by one, made durable together. */
function apply<D>(group: GroupCore<D>, steps: Steps): void {
  const batch = new StepBatch();
  steps.forEach((step, index) => {
    group.tell(group.replica.advance(step, batch, index + 1 < steps.length));
  });
  group.batches$.next(batch);
  group.status.tell();
}

function refuseOversize<D>(group: GroupCore<D>, limits: Limits): void {
  const { replica } = group;
  for (let oldest = replica.pending.first; oldest; oldest = replica.pending.first) {
    const fault = oversize(oldest, limits);
    if (fault === undefined) return;
    const batch = new StepBatch();
    const moved = replica.refuse(oldest, 'FRAME_TOO_LARGE', fault, batch);
    group.batches$.next(batch);
    group.tell(moved);
    group.status.tell();
  }
}

function settleDoubts<D>(group: GroupCore<D>): void {
  const { replica } = group;
  replica.sending(undefined);
  const batch = new StepBatch();
  const refused = replica.settleDoubts(batch);
  if (refused.length === 0) return;
  group.tellRefused(refused);
  group.feed?.refused(refused);
  group.batches$.next(batch);
}

const NOTHING: LocalState = { docs: [], cursor: undefined, records: new Map() };
