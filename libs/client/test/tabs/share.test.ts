import { encodeBody } from '@atomsync/protocol';
import { Migrations } from '../../src/migrations';
import { Replica } from '../../src/replica';
import { StepBatch } from '../../src/step-batch';
import type { Offered } from '../../src/tabs/share';

const offered: Offered<number> = {
  ...{ clientId: 'other tab', number: 1, order: 1, madeAt: 0, madeOn: 0, rebased: 0, covers: false },
  ...{ reads: new Set(), readsGroup: false, call: undefined, scope: undefined, terms: {} },
  changes: [{ kind: 'put', key: 'n', schemaVersion: 1, body: encodeBody(1) }],
};

it('a write of another tab that is offered twice is taken once, also by the next life of the store', () => {
  const replica = new Replica<number>(
    { clientId: 'this tab', next: 1 },
    {
      ...{ policy: 'rebase', check: () => undefined, revive: () => undefined },
      ...{ serverTime: (time) => time, now: () => 0, newClientId: () => 'new line' },
      ...{ migrations: new Migrations('g', {}), isLent: () => false, hasTabs: true },
    },
  );
  const batch = new StepBatch();
  expect(replica.adopt(offered, batch)?.value.get('n')).toBe(1);
  expect(replica.adopt(offered, batch)).toBeUndefined();
  expect(replica.pending.size).toBe(1);

  const { records = new Map<string, Uint8Array>() } = batch.toLocalBatch();
  replica.clear();
  replica.restore({ docs: [], cursor: undefined, records }, new StepBatch());
  expect(replica.adopt(offered, new StepBatch())).toBeUndefined();
  expect(replica.pending.size).toBe(1);
});
