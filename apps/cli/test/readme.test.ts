import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAIN } from './support/atomsync';
import { Served } from './support/served';

const PAGE = readFileSync(resolve(__dirname, '../README.md'), 'utf8');

/** The blocks for a shell, by the line each begins at. */
const blocks = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ({ index, 1: code }) => [PAGE.slice(0, index).split('\n').length, code!] as const,
);

let served: Served;
let other: Served;
beforeAll(async () => {
  [served, other] = await Promise.all([Served.start(), Served.start()]);
  mkdirSync(served.file('bin'));
  writeFileSync(served.file('bin/atomsync'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(served.file('bin/atomsync'), 0o755);
});
afterAll(() => Promise.all([served.dispose(), other.dispose()]));

/** Watches until something changes. */
const WATCH = [
  '$& --count 1 --json > watched & watching=$!',
  'until [ -s watched ]; do sleep 0.1; done',
  'atomsync put todo todo:3 1',
  'wait $watching',
].join('\n');

/** Servers run already, nothing is installed, and a watch comes to an end. */
const runnable = (code: string): string =>
  code
    .split('\n')
    .map((line) => line.replace(/ +# .*$/, ''))
    .filter((line) => !/^npm install|^atomsync serve/.test(line))
    .map((line) => line.replace(/^atomsync watch.*/, WATCH))
    .join('\n')
    .replaceAll('ws://localhost:8091/sync', other.url);

function shell(code: string): Promise<string> {
  const env = {
    ...{ HOME: served.folder, PATH: `${served.file('bin')}:${process.env['PATH']}` },
    ...{ ATOMSYNC_SERVER: served.url, ATOMSYNC_DB: served.db },
  };
  return new Promise((done, failed) => {
    execFile(
      'bash',
      ['-euo', 'pipefail', '-c', code],
      { cwd: served.folder, env },
      (error, stdout, stderr) => {
        if (error) failed(new Error(`${code}\n${stdout}${stderr}`));
        else done(stdout);
      },
    );
  });
}

it.each(blocks)('the commands at line %i do what they say', async (_line, code) => {
  await shell(runnable(code));
});

it('the README lists the commands there are', async () => {
  const help = await shell('atomsync --help');
  const commands = [...help.matchAll(/^ {2}(\w+)(?: \[options\])?(?: [<[].*?)? {2,}/gm)].map(
    ([, name]) => name!,
  );
  const named = [...PAGE.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)/g)].map(([, name]) => name!),
  );
  expect(new Set(named)).toEqual(new Set(commands.filter((name) => name !== 'help')));
});
