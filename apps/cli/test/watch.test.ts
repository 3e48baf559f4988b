import { keyword } from '@atomsync/protocol';
import { Running } from './support/atomsync';
import { Served } from './support/served';

let served: Served;
beforeAll(async () => {
  served = await Served.start();
});
afterAll(() => served.dispose());

async function watching(args: readonly string[], env?: Record<string, string>): Promise<Running> {
  const running = new Running(['watch', ...args, ...served.server], env && { env });
  await running.said(({ stdout, stderr }) => `${stdout}${stderr}`.includes('\n'));
  return running;
}

/** Without the time. */
const linesOf = (stdout: string): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''));

it('shows new docs, changed fields and deleted docs as they happen', async () => {
  const running = await watching(['todo', '--count', '3']);
  expect(running.stderr).toBe('watching todo, 0 docs now; Ctrl-C ends it\n');
  await served.put('todo', 'a', { text: 'Buy milk', done: false, tags: new Set(['x']) });
  await served.put('todo', 'a', { text: 'Buy milk', done: true, tags: new Set([keyword('y')]) });
  await served.put('todo', 'a', undefined);
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(linesOf(stdout)).toEqual([
    '+ a  {"text":"Buy milk","done":false,"tags":{"$set":["x"]}}',
    '~ a',
    '              done  false → true',
    '              tags  - "x"',
    '              tags  + {"$keyword":"y"}',
    '- a  {"text":"Buy milk","done":true,"tags":{"$set":[{"$keyword":"y"}]}}',
  ]);
});

it('says it in colour: green for what came, red for what went', async () => {
  const running = await watching(['colours', '--count', '2'], { FORCE_COLOR: '1' });
  await served.put('colours', 'a', { n: 1 });
  await served.put('colours', 'a', { n: 2 });
  const { stdout } = await running.ended;
  expect(stdout).toContain('\u001b[32m\u001b[1m+ a\u001b[22m\u001b[39m');
  expect(stdout).toContain('\u001b[31m1\u001b[39m → \u001b[32m2\u001b[39m');
});

it('writes a line for each commit with --json, after one that says that it has begun', async () => {
  await served.put('json', 'a', { at: new Date(0) });
  const running = await watching(['json', '--json', '--count', '2']);
  await served.put('json', 'a', { at: new Date(1) });
  await served.put('json', 'b', 1);
  const { code, stdout, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { group: 'json', status: 'live', docs: 1 },
    { group: 'json', docs: [{ key: 'a', before: { at: { $date: 0 } }, after: { at: { $date: 1 } } }] },
    { group: 'json', docs: [{ key: 'b', after: 1 }] },
  ]);
});

it('shows one doc, or those under a prefix', async () => {
  const one = await watching(['many', 'x:1', '--count', '1']);
  const some = await watching(['many', '--prefix', 'x:', '--count', '2']);
  for (const key of ['y:1', 'x:10', 'x:1']) await served.put('many', key, key);
  expect(linesOf((await one.ended).stdout)).toEqual(['+ x:1  "x:1"']);
  expect(linesOf((await some.ended).stdout)).toEqual(['+ x:10  "x:10"', '+ x:1  "x:1"']);
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends well at %s', async (signal) => {
  const running = await watching(['ending']);
  expect(await running.kill(signal)).toMatchObject({ code: 0, signal: null, stdout: '' });
});

it('says that the connection is lost, and shows what it missed when it is back', async () => {
  const running = await watching(['later', '--count', '2']);
  await served.end('SIGKILL');
  await running.said(({ stderr }) => stderr.includes('no connection'));
  await served.restart();
  await served.put('later', 'a', 1);
  await running.said(({ stderr }) => stderr.includes('connected again'));
  await served.put('later', 'b', 2);
  const { code, stdout } = await running.ended;
  expect([code, linesOf(stdout)]).toEqual([0, ['+ a  1', '+ b  2']]);
});
