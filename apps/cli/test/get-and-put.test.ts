import { valuesEqual } from '@atomsync/protocol';
import { openAtomSync, syncedAtom } from '@atomsync/client';
import { readJson, writeJson } from '@atomsync/server/json';
import { atomsync, atomsyncJson } from './support/atomsync';
import { everyType } from './support/every-type';
import { Served } from './support/served';

let served: Served;
beforeAll(async () => {
  served = await Served.start();
});
afterAll(() => served.dispose());

const get = (...args: string[]) => atomsync(['get', ...args, ...served.server]);
const put = (...args: string[]) => atomsync(['put', ...args, ...served.server]);

describe('put', () => {
  it('ends when the server has committed a doc, which get shows', async () => {
    expect(await put('notes', 'a', '{"text":"Buy milk"}')).toEqual({
      ...{ code: 0, signal: null, stderr: '' },
      stdout: 'a written as version 1 of notes\n',
    });
    const { code, stdout } = await get('notes', 'a');
    expect([code, JSON.parse(stdout)]).toEqual([0, { text: 'Buy milk' }]);
  });

  it('keeps all types, on the way there and back', async () => {
    await atomsync(['put', 'types', 'all', '-', ...served.server], { stdin: writeJson(everyType) });
    const { stdout } = await get('types', 'all', '--json');
    const { value } = readJson(stdout) as { value: unknown };
    expect(valuesEqual(value, everyType)).toBe(true);

    const conn = openAtomSync('cli-test', { server: served.url });
    const types = syncedAtom<unknown>(conn, 'types');
    await types.ready();
    expect(valuesEqual(types.deref().get('all'), everyType)).toBe(true);
    await conn.close();
  });

  it('replaces the doc as a whole, or with --merge some of its fields', async () => {
    await put('notes', 'b', '{"text":"Read","done":false}');
    expect(await atomsyncJson(['put', 'notes', 'b', '{"done":true}', '--merge', ...served.server])).toEqual({
      ...{ group: 'notes', key: 'b', version: expect.any(Number), changed: true },
    });
    expect(JSON.parse((await get('notes', 'b')).stdout)).toEqual({ text: 'Read', done: true });
    await put('notes', 'b', '{"done":0}');
    expect(JSON.parse((await get('notes', 'b')).stdout)).toEqual({ done: 0 });
  });

  it('does not merge into what is not there, and writes nothing', async () => {
    const { code, stderr } = await put('notes', 'absent', '{"done":true}', '--merge');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error NO_SUCH_DOC "absent".* not there\. .*\n$/),
    ]);
    expect((await get('notes', 'absent')).code).toBe(1);
  });

  it('deletes with --delete', async () => {
    await put('notes', 'c', '1');
    const { code, stdout } = await put('notes', 'c', '--delete');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^c deleted as version \d+ of notes\n$/)]);
    expect(await get('notes', 'c')).toMatchObject({ code: 1, stdout: '' });
  });

  it('writes docs with the schema version that is asked for', async () => {
    await put('shaped', 'a', '{"v":2}', '--schema-version', '2');
    const page = (await (
      await fetch(served.url.replace('ws:', 'http:') + '?group=shaped&schemaVersion=2')
    ).json()) as any;
    expect(page.docs).toMatchObject([{ key: 'a', schemaVersion: 2 }]);
    // A program that knows the first shape only may not read it, and is told how it can.
    expect(await get('shaped')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error UPGRADE_REQUIRED .*--schema-version\.\n$/),
    });
    expect((await get('shaped', '--schema-version', '3')).stdout).toBe('a  {"v":2}\n');
  });
});

describe('get', () => {
  beforeAll(async () => {
    for (const key of ['x:1', 'x:10', 'y:1']) await served.put('list', key, { key });
  });

  it('shows all docs of a group, one on a line, or those under a prefix', async () => {
    expect((await get('list')).stdout).toBe('x:1  {"key":"x:1"}\nx:10  {"key":"x:10"}\ny:1  {"key":"y:1"}\n');
    expect((await get('list', '--prefix', 'y')).stdout).toBe('y:1  {"key":"y:1"}\n');
  });

  it('shows them as one object with --json', async () => {
    expect(await atomsyncJson(['get', 'list', '--prefix', 'y', ...served.server])).toEqual({
      group: 'list',
      docs: [{ key: 'y:1', value: { key: 'y:1' } }],
    });
    expect(await atomsyncJson(['get', 'list', 'x:1', ...served.server])).toEqual({
      ...{ group: 'list', key: 'x:1', value: { key: 'x:1' } },
    });
  });

  it('takes a key by itself, not as the beginning of others', async () => {
    expect((await get('list', 'x:')).code).toBe(1);
  });

  it('shows nothing of a group that has no docs, and that is no failure', async () => {
    expect(await get('nothing')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('speaks to the server of ATOMSYNC_SERVER', async () => {
    const env = { ATOMSYNC_SERVER: served.url };
    expect((await atomsync(['get', 'list', 'y:1'], { env })).stdout).toContain('y:1');
  });
});
