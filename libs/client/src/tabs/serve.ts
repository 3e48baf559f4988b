import { Subscription } from 'rxjs';
import type { GroupCore } from '../group-core';
import { StepBatch } from '../step-batch';
import { TabFeed } from './tab-feed';

/** Serves a group to the other tabs, from the tab that leads. */
export function serve<D>(group: GroupCore<D>): Subscription {
  const { host, replica, status, name } = group;
  const tabs = host.tabs();
  const serving = new Subscription();
  if (tabs?.role.kind !== 'leading') return serving;
  const { term } = tabs.role;
  const feed = new TabFeed<D>(
    {
      name,
      prefix: group.prefix,
      replica,
      encode: (edits) => replica.encodeValue(edits),
      adopt: (record) => {
        const batch = new StepBatch();
        const moved = replica.adopt(record, batch);
        group.batches$.next(batch);
        if (moved === undefined) return false;
        status.tell();
        group.tell(moved, { clientId: record.clientId, number: record.number });
        return true;
      },
      redeem: (ids) => {
        const batch = new StepBatch();
        const moved = replica.redeem(ids, batch);
        group.batches$.next(batch);
        group.tell(moved);
        status.tell();
      },
      news: () => status.news(),
      rejected: () => host.rejected(name),
    },
    (said) => {
      tabs.post({ ...said, term, group: name });
    },
    host,
  );
  group.feed = feed;
  serving.add(
    status.status$.subscribe(() => {
      feed.tellNews();
    }),
  );
  serving.add(() => {
    feed.end();
    group.feed = undefined;
  });
  return serving;
}
