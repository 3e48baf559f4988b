import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../support/free-port';

/** A server of this machine's packages that only this process uses, with its data in a folder of its own. */
export interface OwnServer {
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it on the data and the port that it had. */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Where Debian keeps programs that are not in the path. */
const HIDDEN = '/usr/lib/postgresql';

/** The path of a program; absent where it is not installed. */
function find(program: string): string | undefined {
  const hidden = existsSync(HIDDEN)
    ? readdirSync(HIDDEN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(HIDDEN, version, 'bin'))
    : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...hidden];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** The programs that are missing here for servers of one's own. */
export const missingPrograms = (): string[] =>
  ['initdb', 'postgres', 'redis-server'].filter((program) => find(program) === undefined);

/** PostgreSQL does not run as root. */
const runAs = (): { readonly uid: number; readonly gid: number } | undefined =>
  process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

const idOf = (which: '-u' | '-g'): number =>
  Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }).trim());

class Program implements OwnServer {
  #child: ChildProcess | undefined;

  constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly run: () => ChildProcess,
    private readonly isReady: RegExp,
    private readonly crash: NodeJS.Signals,
  ) {}

  async start(): Promise<void> {
    const child = this.run();
    this.#child = child;
    await new Promise<void>((ready, failed) => {
      let said = '';
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        if (this.isReady.test(said)) ready();
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('exit', () => failed(new Error(`${this.url} ended before it was ready. It said:\n${said}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(this.crash);
    await exited;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A PostgreSQL server with an empty database `postgres`; what it acknowledges is on the disk. */
export async function ownPostgres(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-postgres-'));
  const as = runAs();
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  execFileSync(find('initdb')!, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...as,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder];
  const run = (): ChildProcess =>
    spawn(find('postgres')!, args, { ...as, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  // SIGQUIT ends all its processes without a word, and the next start recovers from the log.
  const server = new Program(url, folder, run, /ready to accept connections/, 'SIGQUIT');
  await server.start();
  return server;
}

/** A Redis server that keeps nothing. */
export async function ownRedis(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-redis-'));
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const run = (): ChildProcess =>
    spawn(find('redis-server')!, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const server = new Program(
    `redis://127.0.0.1:${port}`,
    folder,
    run,
    /Ready to accept connections/,
    'SIGKILL',
  );
  await server.start();
  return server;
}
