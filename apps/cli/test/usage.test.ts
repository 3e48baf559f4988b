import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atomsync } from './support/atomsync';

const COMMANDS = [
  ...['serve', 'get', 'put', 'watch', 'groups', 'export', 'import', 'digest'],
  ...['purge', 'backup', 'restore', 'token'],
];
/** Nobody listens there. */
const nobody = ['--server', 'ws://127.0.0.1:9/sync'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomsync-usage-'));
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'text.db'), 'This is no database, however long it may be.');
  writeFileSync(join(folder, 'users.json'), '{"alice":{"token":"x"}}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env?: Record<string, string>) =>
  atomsync(args, { cwd: folder, ...(env && { env }) });

describe('help', () => {
  it.each(COMMANDS)('of %s has examples, and is no failure', async (name) => {
    const { code, stdout, stderr } = await run([name, ...(name === 'token' ? ['create'] : []), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      new RegExp(`^Usage: atomsync ${name}[\\s\\S]*\nExamples:\n[\\s\\S]*atomsync ${name}`),
    );
    expect(stdout).toContain('--json');
  });

  it('of all lists the commands, exit codes and the environment', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(stdout).toMatch(/0 done {3}1 failed {3}2 wrong usage {3}130 interrupted/);
  });

  it('is shown on stderr where no command is named, and that is wrong usage', async () => {
    expect(await run([])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: atomsync'),
    });
  });

  it('tells the version', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('what cannot be right', () => {
  it.each<[readonly string[], number, string, string]>([
    [['exprt'], 2, 'USAGE', "Unknown command 'exprt' (Did you mean export?) See `atomsync --help`."],
    [['get'], 2, 'USAGE', "Missing required argument 'group'. See `atomsync get --help`."],
    [['get', 'todo', '--prot', '1'], 2, 'USAGE', "Unknown option '--prot'"],
    [['get', 'a', 'b', 'c'], 2, 'USAGE', 'Too many arguments'],
    [['get', 'todo', '--server', 'foo'], 2, 'BAD_SERVER', "server: 'foo'"],
    [['get', 'todo', '--server', 'ftp://a/sync'], 2, 'BAD_SERVER', "'ftp:'"],
    [['get', 'todo', '--schema-version', '0'], 2, 'USAGE', 'whole number from 1'],
    [['get', 'todo', '--token-file', 'absent'], 2, 'BAD_FILE', 'absent'],
    [['get', 'todo', '--token-file', 'empty'], 2, 'BAD_FILE', 'empty is empty'],
    [['get', 'x'.repeat(300), ...nobody], 2, 'INVALID_GROUP', '255'],
    [['get', 'todo', ...nobody], 1, 'CONNECT_FAILED', '`atomsync serve`'],
    [['put', 'todo', 'a', '{bad', ...nobody], 2, 'BAD_VALUE', '{bad is no value'],
    [['put', 'todo', 'a', '{"$date":"x"}', ...nobody], 2, 'BAD_VALUE', '{"$date": …}'],
    [['put', 'todo', 'a', '{"$undefined":true}', ...nobody], 2, 'BAD_VALUE', '--delete'],
    [['put', 'todo', 'a', '1', '--merge', ...nobody], 2, 'BAD_VALUE', 'no fields'],
    [['put', 'todo', 'a', '1', '--delete', ...nobody], 2, 'USAGE', 'no value'],
    [['put', 'todo', 'a', '1', '--delete', '--merge'], 2, 'USAGE', 'cannot be used with'],
    [['put', 'todo', 'a', ...nobody], 2, 'USAGE', 'The value is missing'],
    [['put', 'todo', '__proto__', '1', ...nobody], 2, 'INVALID_KEY', '__proto__'],
    [['watch', 'todo', '--count', '0'], 2, 'USAGE', 'whole number from 1'],
    [['watch', 'todo', ...nobody], 1, 'CONNECT_FAILED', 'ECONNREFUSED'],
    [['export', 'out.ndjson', ...nobody], 2, 'USAGE', '--group'],
    [['export', 'empty', '-g', 'a', ...nobody], 1, 'FILE_EXISTS', '--resume'],
    [['export', 'empty', '-g', 'a', '--resume', ...nobody], 1, 'NOT_AN_EXPORT', '--force'],
    [['export', 'out.ndjson', '-g', 'a', ...nobody], 1, 'CONNECT_FAILED', '--server'],
    [['export', 'out.ndjson', '--db', 'absent.db'], 1, 'NO_SUCH_DATABASE', 'absent.db'],
    [['export', 'out.ndjson', '--db', 'text.db'], 1, 'NOT_A_DATABASE', 'text.db'],
    [['export', 'a', '--db', 'b', '--resume'], 2, 'USAGE', 'cannot be used with'],
    [['import', 'absent', ...nobody], 1, 'BAD_FILE', 'absent'],
    [['import', '-', '--resume', ...nobody], 2, 'USAGE', 'stdin'],
    [['import', 'empty', '--server', 'nix'], 2, 'BAD_SERVER', 'nix'],
    [['groups', '--db', 'absent.db'], 1, 'NO_SUCH_DATABASE', 'absent.db'],
    [['purge', '--older-than', 'long'], 2, 'USAGE', '30d'],
    [['purge', '--db', 'text.db'], 1, 'NOT_A_DATABASE', 'text.db'],
    [['backup', 'empty', '--db', 'text.db'], 1, 'FILE_EXISTS', 'empty'],
    [['restore', 'absent.db', '--db', 'new.db'], 1, 'NO_SUCH_DATABASE', 'absent.db'],
    [['serve', '--port', 'http'], 2, 'USAGE', 'whole number from 0 to 65535'],
    [['serve', '--users', 'absent.json'], 2, 'BAD_FILE', 'absent.json'],
    [['serve', '--users', 'users.json'], 2, 'BAD_FILE', 'alice'],
    [['serve', '--path', 'sync', '--db', 'new.db'], 2, 'BAD_OPTION', 'slash'],
    [['token', '--sub', 'a'], 2, 'USAGE', '--groups'],
    [['token', '--sub', 'a', '--groups', 'b'], 2, 'NO_SECRET', 'ATOMSYNC_JWT_SECRET'],
    [['token', 'inspect', 'abc'], 2, 'BAD_TOKEN', '`atomsync token`'],
    [['token', 'inspect'], 2, 'USAGE', 'ATOMSYNC_TOKEN'],
  ])('%j ends with %i and says %s on one line', async (args, code, said, part) => {
    const ended = await run(args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(new RegExp(`^error ${said} [^\\n]+\\n$`));
    expect(ended.stderr).toContain(part);
  });

  it('is an object with --json', async () => {
    const { code, stdout, stderr } = await run(['get', 'todo', '--json', ...nobody]);
    expect([code, stdout, JSON.parse(stderr)]).toEqual([
      1,
      '',
      {
        error: {
          code: 'CONNECT_FAILED',
          message: expect.stringContaining('127.0.0.1:9'),
          remedy: expect.stringContaining('atomsync serve'),
        },
      },
    ]);
  });

  it('shows a stack with --verbose only', async () => {
    expect((await run(['get', 'todo', '--verbose', ...nobody])).stderr).toMatch(/\n +at /);
  });

  it('leaves no file where an export could not begin', async () => {
    await run(['export', 'none.ndjson', '-g', 'a', ...nobody]);
    expect(await run(['import', 'none.ndjson', ...nobody])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT'),
    });
  });

  it('says that a token on the command line is seen by others', async () => {
    const { stderr } = await run(['get', 'todo', '--token', 'secret-one', ...nobody]);
    expect(stderr).toMatch(/^warning .*--token-file\.\nerror CONNECT_FAILED/);
    expect(stderr).not.toContain('secret-one');
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';

  it('are not written where there is no terminal', async () => {
    expect((await run(['get', 'todo', ...nobody])).stderr).not.toContain(ESCAPE);
    expect((await run(['--help'])).stdout).not.toContain(ESCAPE);
  });

  it('are written there with FORCE_COLOR', async () => {
    expect((await run(['get', 'todo', ...nobody], { FORCE_COLOR: '1' })).stderr).toContain(`${ESCAPE}31m`);
    expect((await run(['--help'], { FORCE_COLOR: '1' })).stdout).toContain(ESCAPE);
  });

  it.each([
    ['NO_COLOR', [], { FORCE_COLOR: '1', NO_COLOR: '1' }],
    ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }],
  ])('%s wins over FORCE_COLOR', async (_name, args, env) => {
    expect((await run(['get', 'todo', ...args, ...nobody], env)).stderr).not.toContain(ESCAPE);
  });
});
