import { readJson, writeJson } from '@atomsync/server/json';
import { valuesEqual } from '@atomsync/protocol';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { atomsync, atomsyncJson } from './support/atomsync';
import { everyType } from './support/every-type';
import { Served } from './support/served';

let from: Served;
let to: Served;
beforeAll(async () => {
  [from, to] = await Promise.all([Served.start(), Served.start()]);
});
afterAll(() => Promise.all([from.dispose(), to.dispose()]));

const linesOf = (file: string): any[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => readJson(line));

const docsOf = (file: string): any[] => linesOf(file).filter(({ key }) => key !== undefined);

describe('export and import', () => {
  it('keep all types and schema versions, and come to the same digest', async () => {
    await from.put('types', 'all', everyType);
    await from.put('types', 'null', null);
    await atomsync(['put', 'types', 'shaped', '{"v":2}', '--schema-version', '2', ...from.server]);
    const file = from.file('types.ndjson');
    const exported = await atomsyncJson(['export', file, '--group', 'types', ...from.server]);
    expect(exported).toMatchObject({
      file,
      written: 3,
      docs: 3,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });

    const [header, ...lines] = linesOf(file);
    expect(header).toMatchObject({ atomsync: 'export', format: 1, groups: ['types'] });
    expect(lines.map((line) => Object.keys(line).join())).toEqual([
      ...['group,key,value', 'group,key,value', 'group,key,schemaVersion,value', 'mark', 'end'],
    ]);
    expect(valuesEqual(lines[0].value, everyType)).toBe(true);
    expect(lines.at(-1).end).toMatchObject({ docs: 3, digest: exported.digest });

    const imported = await atomsyncJson(['import', file, ...to.server]);
    expect(imported).toMatchObject({ lines: 3, written: 3, same: 0, equal: true, digest: exported.digest });
    const page = await (await fetch(to.url.replace('ws:', 'http:') + '?group=types&schemaVersion=2')).text();
    const { docs } = readJson(page) as { docs: any[] };
    expect(docs.find(({ key }) => key === 'shaped')).toMatchObject({ schemaVersion: 2, value: { v: 2 } });
    expect(valuesEqual(docs.find(({ key }) => key === 'all').value, everyType)).toBe(true);
  });

  it('write only what differs: a second import changes nothing, and other docs stay', async () => {
    const file = from.file('again.ndjson');
    await from.put('again', 'a', 1);
    await atomsync(['export', file, '--group', 'again', ...from.server]);
    await to.put('again', 'mine', 'stays');
    const first = await atomsyncJson(['import', file, ...to.server]);
    expect(first).toMatchObject({ written: 1, docs: 2, equal: false });
    expect(await atomsyncJson(['import', file, ...to.server])).toMatchObject({
      written: 0,
      same: 1,
      docs: 2,
    });
    expect((await atomsync(['get', 'again', 'mine', ...to.server])).stdout).toBe('"stays"\n');
  });

  it('go through pipes, and take lines of docs alone', async () => {
    await from.put('piped', 'a', 1);
    const { stdout } = await atomsync(['export', '--group', 'piped', ...from.server]);
    expect(await atomsyncJson(['import', '-', ...to.server], { stdin: stdout })).toMatchObject({
      equal: true,
    });
    const lines = ['b', 'c'].map((key) => writeJson({ group: 'piped', key, value: key })).join('\n');
    expect(await atomsyncJson(['import', '-', ...to.server], { stdin: lines })).toMatchObject({
      ...{ written: 2, docs: 3 },
    });
  });

  it('take several groups, and of a file only those that are asked for', async () => {
    await from.put('one', 'a', 1);
    await from.put('two', 'a', 2);
    const file = from.file('groups.ndjson');
    await atomsync(['export', file, '-g', 'one', '-g', 'two', ...from.server]);
    const imported = await atomsyncJson(['import', file, '-g', 'two', ...to.server]);
    expect(imported).toMatchObject({ written: 1, groups: [{ group: 'two', docs: 1 }] });
    expect((await atomsync(['get', 'one', 'a', ...to.server])).code).toBe(1);
  });

  it('say in words what was done', async () => {
    await from.put('words', 'a', 1);
    const file = from.file('words.ndjson');
    const exported = await atomsync(['export', file, '-g', 'words', ...from.server]);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toMatch(
      /^words {2}1 doc, version 1\n1 line written in .* s to .*; digest [0-9a-f]{64}\n$/,
    );
    const imported = await atomsync(['import', file, ...to.server]);
    expect(imported.stdout).toMatch(/^the server has 1 doc; digest [0-9a-f]{64}, as in the file\n$/);
    expect(imported.stderr).toMatch(/^1 doc in .* s: 1 written, 0 there already\n$/);
  });
});

describe('export --resume', () => {
  it('brings a finished export up to date, with what was deleted', async () => {
    const file = from.file('later.ndjson');
    for (const key of ['a', 'b', 'c']) await from.put('later', key, key);
    await atomsync(['export', file, '-g', 'later', ...from.server]);
    await from.put('later', 'b', 'changed');
    await from.put('later', 'c', undefined);
    expect(await atomsyncJson(['export', file, '--resume', ...from.server])).toMatchObject({
      written: 2,
      docs: 2,
    });
    expect(docsOf(file).slice(3)).toEqual([
      { group: 'later', key: 'b', value: 'changed' },
      { group: 'later', key: 'c', deleted: true },
    ]);
    const { digest } = await atomsyncJson(['digest', '-g', 'later', ...from.server]);
    expect(await atomsyncJson(['import', file, ...to.server])).toMatchObject({
      digest,
      equal: true,
      docs: 2,
    });
  });

  it('goes on with a file that was cut at any byte', async () => {
    const file = from.file('cut.ndjson');
    for (const key of ['a', 'b']) await from.put('cut', key, { text: `ä${key}` });
    const { digest, docs } = await atomsyncJson(['export', file, '-g', 'cut', ...from.server]);
    const whole = readFileSync(file);
    const header = whole.indexOf(10) + 1;
    for (const length of [header, header + 7, whole.length - 300, whole.length - 1]) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      const resumed = await atomsyncJson(['export', file, '--resume', '--group', 'cut', ...from.server]);
      expect([length, resumed.digest, resumed.docs]).toEqual([length, digest, docs]);
      expect(await atomsyncJson(['digest', file])).toMatchObject({ digest });
    }
  });

  it('refuses a file of other groups, and one of other data', async () => {
    const file = from.file('other.ndjson');
    await from.put('other', 'a', 1);
    await atomsync(['export', file, '-g', 'other', ...from.server]);
    expect(await atomsync(['export', file, '-g', 'cut', '--resume', ...from.server])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OTHER_EXPORT'),
    });
    expect(await atomsync(['export', file, '--resume', ...to.server])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error CURSOR_LOST .*--force/m),
    });
  });
});

describe('import', () => {
  it('names the line that it cannot read, and has put those before it', async () => {
    const file = to.file('bad.ndjson');
    writeFileSync(file, `${writeJson({ group: 'bad', key: 'a', value: 1 })}\n{"group":"bad"\n`);
    expect(await atomsync(['import', file, ...to.server])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error BAD_LINE Line 2 cannot be read: .*--resume/),
    });
    expect((await atomsync(['get', 'bad', 'a', ...to.server])).stdout).toBe('1\n');
    // Mended, it goes on behind what is there.
    writeFileSync(
      file,
      `${writeJson({ group: 'bad', key: 'a', value: 1 })}\n${writeJson({ group: 'bad', key: 'b', value: 2 })}\n`,
    );
    expect(await atomsyncJson(['import', file, '--resume', ...to.server])).toMatchObject({
      ...{ skipped: 1, lines: 1, written: 1, docs: 2 },
    });
  });

  it.each([
    ['{"group":"g","key":"__proto__","value":1}', 'INVALID_KEY'],
    ['{"group":"g","key":"k"}', 'BAD_LINE'],
    ['{"group":"g","value":1}', 'BAD_LINE'],
    ['[]', 'BAD_LINE'],
    ['{"atomsync":"export","format":99,"groups":[]}', 'BAD_FORMAT'],
  ])('refuses the line %s', async (line, code) => {
    expect(await atomsync(['import', '-', ...to.server], { stdin: line })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`^error ${code} [^\\n]*Line 1[^\\n]*\\n$`)),
    });
  });

  it('names the one doc of many that the server refuses', async () => {
    const docs = Array.from({ length: 500 }, (_, n) => ({
      ...{ group: 'large', key: `k${String(n).padStart(3, '0')}` },
      value: n === 321 ? 'x'.repeat(1024 * 1024 + 1) : n,
    }));
    const stdin = docs.map((doc) => JSON.stringify(doc)).join('\n');
    expect(await atomsync(['import', '-', ...to.server], { stdin })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error DOC_TOO_LARGE The server refuses "k321" of the group "large": /),
    });
  });

  it('says that an export was not finished', async () => {
    const file = from.file('unfinished.ndjson');
    await from.put('unfinished', 'a', 1);
    await atomsync(['export', file, '-g', 'unfinished', ...from.server]);
    truncateSync(file, readFileSync(file).lastIndexOf('{"end"') + 20);
    expect(await atomsync(['import', file, ...to.server])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error INCOMPLETE .*1 doc of it.*export .*--resume/),
    });
    expect((await atomsync(['get', 'unfinished', 'a', ...to.server])).code).toBe(0);
  });
});
