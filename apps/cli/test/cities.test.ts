import { existsSync, readFileSync, statSync } from 'node:fs';
import { atomsync, atomsyncJson, Running } from './support/atomsync';
import { citiesSaid, writeCities } from './support/cities';
import { fileChange } from './support/file-change';
import { Served } from './support/served';

jest.setTimeout(600_000);

let docs: number;
let digest: string;
let from: Served;
let input: string;
beforeAll(async () => {
  from = await Served.start();
  input = from.file('input.ndjson');
  docs = await writeCities(input);
  ({ digest } = await atomsyncJson(['import', input, ...from.server]));
});
afterAll(() => from.dispose());

describe(citiesSaid, () => {
  it('exported and imported into an empty server come to the same digest', async () => {
    const file = from.file('cities.ndjson');
    expect(await atomsyncJson(['export', file, '-g', 'cities', ...from.server])).toMatchObject({
      docs,
      digest,
    });
    const to = await Served.start();
    expect(await atomsyncJson(['import', file, ...to.server])).toMatchObject({
      ...{ written: docs, same: 0, docs, digest, equal: true },
    });
    // Asked for by itself, of the server and of its file.
    expect(await atomsyncJson(['digest', '-g', 'cities', ...to.server])).toMatchObject({ docs, digest });
    expect(await atomsyncJson(['digest', '--db', to.db])).toMatchObject({ docs, digest });
    await to.dispose();
  });

  it('are all there after an import that was killed in the middle and resumed', async () => {
    const to = await Served.start();
    const state = `${input}.importing`;
    const begun = fileChange(state, () => existsSync(state));
    const running = new Running(['import', input, ...to.server]);
    await begun;
    expect(await running.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    const { number } = JSON.parse(readFileSync(state, 'utf8')) as { number: number };
    expect(number).toBeGreaterThan(0);
    expect(number).toBeLessThan(docs);

    expect(await atomsyncJson(['import', input, '--resume', ...to.server])).toMatchObject({
      ...{ skipped: number, lines: docs - number, docs, digest },
    });
    expect(existsSync(state)).toBe(false);
    await to.dispose();
  });

  it('are all there after the server was killed in the middle of an import, and came back', async () => {
    const to = await Served.start();
    const state = `${input}.importing`;
    const begun = fileChange(state, () => existsSync(state));
    const running = new Running(['import', input, '--json', '--retry', '5m', ...to.server]);
    await begun;
    await to.end('SIGKILL');
    await to.restart();
    const { code, stdout } = await running.ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ docs, digest })]);
    await to.dispose();
  });

  it('are all there in an export that was killed in the middle and resumed', async () => {
    const file = from.file('killed.ndjson');
    const begun = fileChange(file, () => existsSync(file) && statSync(file).size > 0);
    const running = new Running(['export', file, '-g', 'cities', ...from.server]);
    await begun;
    expect(await running.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect(readFileSync(file, 'utf8')).not.toContain('{"end"');
    expect(await atomsyncJson(['export', file, '--resume', ...from.server])).toMatchObject({ docs, digest });
    expect(await atomsyncJson(['digest', file])).toMatchObject({ docs, digest });
  });

  it('end an interrupted export with 130, and go on from there', async () => {
    const file = from.file('interrupted.ndjson');
    const begun = fileChange(file, () => existsSync(file) && statSync(file).size > 0);
    const running = new Running(['export', file, '-g', 'cities', ...from.server]);
    await begun;
    expect(await running.kill('SIGINT')).toMatchObject({ code: 130, signal: null, stdout: '' });
    expect(await atomsync(['export', file, '--resume', ...from.server])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(digest),
    });
  });
});
