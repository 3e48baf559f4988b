import { decodeBody } from '@atomsync/protocol';
import { defer, filter, finalize, type Observable } from 'rxjs';
import type { Conflict } from '../conflict';
import type { GroupCore } from '../group-core';
import type { PendingMutation } from '../pending';
import { decodeRejected } from '../records';
import { StepBatch } from '../step-batch';
import { followGroup, type FollowContext } from './follow';
import type { LeaderMessage, Outcome, Term } from './tab-message';

/** The road of a group in a tab that follows: to the tab that leads in this term. */
export function following<D>(group: GroupCore<D>, term: Term): Observable<never> {
  return defer(() => {
    group.replica.follow();
    const context = contextOf(group, term);
    return followGroup(context).pipe(
      finalize(() => {
        context.say({ kind: 'detach' });
      }),
    );
  });
}

function contextOf<D>(group: GroupCore<D>, term: Term): FollowContext<D> {
  const { host, name, replica, status, receipts } = group;
  const tabs = host.tabs()!;
  return {
    prefix: group.prefix,
    replica,
    messages$: tabs.messages$.pipe(
      filter(
        (message): message is LeaderMessage =>
          'term' in message &&
          'group' in message &&
          message.group === name &&
          message.term.number === term.number &&
          (message.to ?? tabs.tab) === tabs.tab,
      ),
    ),
    written$: group.batches$,
    scheduler: host.scheduler,
    termsOf: ({ terms }) => {
      const onConflict = terms.onConflict ?? group.rules.policy;
      return typeof onConflict === 'string' ? { ...terms, onConflict } : terms;
    },
    say: (message) => {
      tabs.post({ ...message, from: tabs.tab, group: name });
    },
    apply: (steps) => {
      // What this tab does not store itself, the leading one does.
      for (const step of steps) {
        const { confirmed, ...moved } = replica.advance(step, new StepBatch());
        group.tell({ ...moved, confirmed: [] });
      }
      status.tell();
    },
    hear: (message) => {
      switch (message.kind) {
        case 'news':
          status.relay(message.news);
          return;
        case 'durable':
          for (const id of message.ids) {
            const mutation = replica.held.get(id);
            if (mutation) receipts.taken(mutation);
          }
          return;
        case 'outcomes':
          for (const outcome of message.outcomes) settle(group, outcome);
          return;
        case 'conflicts':
          for (const conflict of decodeBody(message.conflicts) as Conflict[]) group.conflicts$.next(conflict);
          return;
        case 'rejected':
          host.setRejected(name, message.records.map(decodeRejected));
      }
    },
  };
}

/** The server's word on a mutation that the leading tab took from here. */
function settle<D>({ replica, receipts }: GroupCore<D>, { id, accepted, refused }: Outcome): void {
  const mutation: PendingMutation<D> | undefined = replica.held.take(id);
  if (mutation === undefined) return;
  if (refused) receipts.refused({ mutation, ...refused });
  if (accepted)
    receipts.confirmed({ mutation: { ...mutation, rebased: accepted.rebased }, version: accepted.version });
}
