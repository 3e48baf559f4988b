import { writeFile } from 'node:fs/promises';
import { atomsync, Running } from './support/atomsync';
import { Served } from './support/served';

const running: Served[] = [];
afterAll(() => Promise.all(running.map((served) => served.dispose())));

async function start(...args: Parameters<typeof Served.start>): Promise<Served> {
  const served = await Served.start(...args);
  running.push(served);
  return served;
}

it('says with --json where it listens, and shows its health', async () => {
  const served = await start();
  const port = Number(new URL(served.url).port);
  expect(JSON.parse(served.running.stdout)).toEqual({
    ...{ server: served.url, port, db: served.db, pid: served.running.child.pid },
  });
  const health = await fetch(`http://127.0.0.1:${port}/health`);
  expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends in good order at %s', async (signal) => {
  const served = await start();
  await atomsync(['put', 'todo', 'a', '1', ...served.server]);
  expect(await served.end(signal)).toMatchObject({ code: 0, signal: null, stderr: '' });
  await served.restart();
  expect(await atomsync(['get', 'todo', 'a', ...served.server])).toMatchObject({ code: 0, stdout: '1\n' });
});

it('says what is in the way: a port in use, a database that is served', async () => {
  const served = await start();
  const port = new URL(served.url).port;
  const other = served.file('other.db');
  expect(await atomsync(['serve', '--port', port, '--host', '127.0.0.1', '--db', other])).toMatchObject({
    code: 1,
    stderr: `error EADDRINUSE Port ${port} is in use. Stop what listens there, or take another one: --port ${Number(port) + 1}.\n`,
  });
  expect(await atomsync(['serve', '--port', '0', '--db', served.db])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error DATABASE_IN_USE [^\n]+\n$/),
  });
});

it('knows the users of a file, and reads it again at SIGHUP', async () => {
  const users = (groups: string[]) => JSON.stringify({ alice: { token: 'abc123', groups } });
  const folder = await start();
  const file = folder.file('users.json');
  await writeFile(file, users(['todo']));
  const served = await start(['--users', file]);
  const put = (group: string) =>
    atomsync(['put', group, 'a', '1', '--user', 'alice', ...served.server], {
      env: { ATOMSYNC_TOKEN: 'abc123' },
    });
  expect((await put('todo')).code).toBe(0);
  expect((await put('notes')).code).toBe(1);

  const watching = new Running(['watch', 'todo', '--user', 'alice', ...served.server], {
    env: { ATOMSYNC_TOKEN: 'abc123' },
  });
  await watching.said(({ stderr }) => stderr.includes('watching'));
  await writeFile(file, users(['notes']));
  served.running.child.kill('SIGHUP');
  // Signals come when they come.
  while ((await put('notes')).code !== 0);
  expect((await put('todo')).stderr).toContain('FORBIDDEN');
  // Whoever is connected is told at once. The doc is forgotten, which shows as a change.
  expect(await watching.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\nerror FORBIDDEN [^\n]+\n$/),
  });

  await writeFile(file, '{');
  served.running.child.kill('SIGHUP');
  await served.running.said(({ stderr }) => stderr.includes('The users stay as they were'));
  expect((await put('notes')).code).toBe(0);
});

it('serves another path, and pages of other origins', async () => {
  const served = await start(['--path', '/live', '--origin', 'https://app.example']);
  const server = served.url.replace('/sync', '/live');
  expect(await atomsync(['put', 'todo', 'a', '1', '--server', server])).toMatchObject({ code: 0 });
  // The path that clients expect by default is not there.
  expect(await atomsync(['get', 'todo', ...served.server])).toMatchObject({ code: 1 });
  expect(await atomsync(['export', '-g', 'todo', ...served.server])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NO_HTTP'),
  });
});
