import { existsSync } from 'node:fs';
import { atomsync, atomsyncJson } from './support/atomsync';
import { Served } from './support/served';

let served: Served;
beforeAll(async () => {
  served = await Served.start();
  for (const [group, key] of [
    ['todo', 'a'],
    ['todo', 'b'],
    ['notes', 'a'],
  ] as const) {
    await served.put(group, key, 'text');
  }
  await served.put('todo', 'b', undefined);
});
afterAll(() => served.dispose());

const db = (): readonly string[] => ['--db', served.db];

describe('groups', () => {
  it('lists what is in a file, while it is served', async () => {
    const { code, stdout } = await atomsync(['groups', ...db()]);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'group  docs  deleted  version  purged to  size',
        expect.stringMatching(/^notes +1 +0 +1 +0 +\d+ B$/),
        expect.stringMatching(/^todo +1 +1 +3 +0 +\d+ B$/),
        '',
      ],
    ]);
  });

  it('is the same as an object', async () => {
    const { groups } = await atomsyncJson(['groups', ...db()]);
    expect(groups).toMatchObject([
      { name: 'notes', docs: 1, tombstones: 0, head: 1 },
      { name: 'todo', docs: 1, tombstones: 1, head: 3 },
    ]);
  });
});

it('backs up what is served, restores it, and does neither over what is there', async () => {
  const backup = served.file('backup.db');
  expect(await atomsyncJson(['backup', backup, ...db()])).toEqual({
    ...{ db: served.db, backup, bytes: expect.any(Number) },
  });
  expect(await atomsync(['backup', backup, ...db()])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('FILE_EXISTS'),
  });
  await served.put('todo', 'a', 'later');

  // Not while it is served.
  expect(await atomsync(['restore', backup, ...db(), '--force'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('DATABASE_IN_USE'),
  });
  await served.end();
  expect(await atomsync(['restore', backup, ...db()])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error FILE_EXISTS .*--force/),
  });
  expect(await atomsyncJson(['restore', backup, ...db(), '--force'])).toEqual({
    ...{ db: served.db, backup, groups: 2, docs: 2 },
  });
  await served.restart();
  expect((await atomsync(['get', 'todo', 'a', ...served.server])).stdout).toBe('"text"\n');

  const elsewhere = served.file('elsewhere.db');
  expect(await atomsync(['restore', backup, '--db', elsewhere])).toMatchObject({ code: 0 });
  expect(existsSync(elsewhere)).toBe(true);
});

it('purges what was deleted long enough ago, of a database that is not served', async () => {
  expect(await atomsync(['purge', ...db()])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('DATABASE_IN_USE'),
  });
  await served.end();
  expect(await atomsync(['purge', ...db()])).toMatchObject({ code: 0, stdout: 'nothing to purge\n' });
  expect(await atomsync(['purge', '--older-than', '0s', '--group', 'nono', ...db()])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NO_SUCH_GROUP'),
  });
  expect(await atomsyncJson(['purge', '--older-than', '0s', ...db()])).toMatchObject({
    tombstones: 1,
    groups: [{ group: 'todo', tombstones: 1, purgedThrough: 3 }],
  });
  const { groups } = await atomsyncJson(['groups', ...db()]);
  expect(groups).toMatchObject([{ name: 'notes' }, { name: 'todo', tombstones: 0, purgedThrough: 3 }]);
  await served.restart();
});

it('exports and digests all groups of a file as a server would', async () => {
  const groups = ['--group', 'todo', '--group', 'notes'];
  const there = await atomsyncJson(['digest', ...groups, ...served.server]);
  expect(await atomsyncJson(['digest', ...db()])).toEqual({ ...there, groups: [...there.groups].reverse() });
  const file = served.file('all.ndjson');
  expect(await atomsyncJson(['export', file, ...db()])).toMatchObject({ docs: 2, digest: there.digest });
  expect(await atomsyncJson(['digest', file])).toMatchObject({ digest: there.digest });
  expect(await atomsync(['export', ...db(), '--group', 'nono'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NO_SUCH_GROUP'),
  });
});
