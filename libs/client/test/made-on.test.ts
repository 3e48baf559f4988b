import type { DocMap } from '@atomsync/atom';
import { encodeBody } from '@atomsync/protocol';
import type { Step } from '../src/apply';
import { Migrations } from '../src/migrations';
import { Replica } from '../src/replica';
import { StepBatch } from '../src/step-batch';

const commit = (version: number, key: string, value: string): Step => ({
  ...{ kind: 'commit', full: false, lostData: false, token: undefined, used: [], version },
  docs: [{ at: 0, change: { kind: 'put', key, schemaVersion: 1, body: encodeBody(value) } }],
});

it('a write is made on the version that value shows, which may be behind base', () => {
  const line = { clientId: 'c', next: 1 };
  const replica = new Replica<string>(line, {
    policy: 'rebase',
    check: () => undefined,
    migrations: new Migrations('g', {}),
    isLent: () => false,
    hasTabs: false,
    serverTime: (time) => time,
    revive: () => undefined,
    now: () => 0,
    newClientId: () => 'd',
  });
  const put = (key: string) =>
    replica.write({ run: (docs: DocMap<string>) => docs.with(key, `mine, ${line.next}`), rerun: false }, 0);
  replica.advance({ ...commit(1, 'k', 'base'), kind: 'catch-up', token: 't' }, new StepBatch());
  expect(put('k')).toMatchObject({ madeOn: 1, covers: false });
  // With another commit to follow, pending waits for that one.
  replica.advance(commit(2, 'k', 'theirs'), new StepBatch(), true);
  expect(replica.version).toBe(2);
  expect(put('k')).toMatchObject({ madeOn: 1 });
  replica.advance(commit(3, 'l', 'theirs'), new StepBatch());
  expect(put('k')).toMatchObject({ madeOn: 3, covers: false });
  expect([...replica.pending].map(({ madeOn, covers }) => ({ madeOn, covers }))).toEqual([
    { madeOn: 1, covers: true },
    { madeOn: 1, covers: false },
    { madeOn: 3, covers: false },
  ]);
});
