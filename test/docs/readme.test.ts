import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerProcess } from '../support/server-process';
import { blocksOf, readPages, type Block } from './blocks';
import { toJavaScript, typeCheck } from './compile';

const root = resolve(__dirname, '../..');
const blocks = readPages(root).flatMap(({ path, text }) => blocksOf(path, text));
const running = blocks.filter(({ noRun }) => noRun === undefined);
const notRun = blocks.filter(({ noRun }) => noRun !== undefined);

describe('the code in the documentation', () => {
  let messages: Map<string, string[]>;

  beforeAll(() => {
    messages = typeCheck(root, blocks);
  }, 120_000);

  it('is found', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it.each(blocks)('$title compiles', ({ title }) => {
    expect(messages.get(title) ?? []).toEqual([]);
  });
});

describe('the code in the documentation, against the real packages and a real server', () => {
  let modules: string;
  let home: string;
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'atomsync-docs-'));
    // Inside the workspace, so that the packages are found by their names.
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
    modules = mkdtempSync(join(root, 'node_modules/.cache/docs-'));
    if (running.some(needsServer)) server = await ServerProcess.start();
  }, 30_000);

  afterAll(async () => {
    await server?.dispose();
    rmSync(modules, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  it.each(running)(
    '$title runs',
    async (block) => {
      const port = listens(block) || !server ? await freePort() : Number(new URL(server.http).port);
      const { name, code } = toJavaScript(block);
      const file = join(modules, name);
      writeFileSync(file, atPort(code, port));
      writeFileSync(`${file}.run.mjs`, `await import('./${name}');\nprocess.exit(0);\n`);
      const own = mkdtempSync(join(home, 'run-'));
      expect(await run(`${file}.run.mjs`, own)).toBe('');
    },
    30_000,
  );

  if (notRun.length > 0)
    it.each(notRun)('$title is not run: $noRun', ({ noRun }) => expect(noRun).toMatch(/\w/));
});

describe('blocksOf', () => {
  const page = (...lines: string[]) => lines.join('\n');

  it('names a block by the line of its fence', () => {
    expect(blocksOf('a.md', page('text', '```ts', 'f();', '```')).map(({ title }) => title)).toEqual([
      'a.md:2',
    ]);
  });

  it('passes over other languages', () => {
    expect(blocksOf('a.md', page('```sh', 'npm start', '```', '```', '```'))).toEqual([]);
  });

  it('puts the code of the block before it first where a block continues', () => {
    const [, second] = blocksOf(
      'a.md',
      page('```ts', 'one();', '```', '<!-- continues -->', '```ts', 'two();', '```'),
    );
    expect(second?.code).toBe('one();\ntwo();');
    expect(second?.lines).toEqual([2, 6]);
  });

  it('reads a reason not to run, and code that comes before, from the comments above', () => {
    const [block] = blocksOf(
      'a.md',
      page('<!-- before: a(); -->', '<!-- no-run: a browser -->', '```js', 'b();', '```'),
    );
    expect(block).toMatchObject({ code: 'a();\nb();', noRun: 'a browser', fileName: 'a-md-3.mjs' });
  });
});

describe('typeCheck', () => {
  it('reports a wrong type with the line of the page', () => {
    const blocks = blocksOf(
      'a.md',
      ['', '```ts', 'const n: number = await Promise.resolve("x");', '```'].join('\n'),
    );
    expect([...typeCheck(root, blocks).values()].flat().join()).toMatch(
      /^a\.md:3: Type 'string' is not assignable/,
    );
  });
});

function needsServer({ code }: Block): boolean {
  return code.includes('localhost:8090');
}

function listens({ code }: Block): boolean {
  return code.includes('listen(8090)');
}

function atPort(code: string, port: number): string {
  return code.replaceAll('localhost:8090', `127.0.0.1:${port}`).replaceAll('listen(8090)', `listen(${port})`);
}

/** A port that nobody listens on, for a block that is a server itself. */
function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}

/** What went wrong, or nothing. A block ends when its last statement has; open sockets do not keep it. */
function run(file: string, cwd: string): Promise<string> {
  const env = { ...process.env, HOME: cwd, XDG_DATA_HOME: cwd, NODE_OPTIONS: '' };
  return new Promise((done) => {
    execFile(process.execPath, [file], { cwd, env, timeout: 25_000 }, (error, stdout, stderr) => {
      if (!error) done('');
      else done(`${error.killed ? 'not done after 25 s\n' : ''}${stdout}${stderr}` || error.message);
    });
  });
}
