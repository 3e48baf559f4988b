import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(__dirname, '../../apps/server/dist/main.js');

/** The standalone server as a process of its own, on a free port and an SQLite file of its own. */
export class ServerProcess {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'atomsync-')));
    await server.restart();
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get databaseFile(): string {
    return join(this.#folder, 'atomsync.db');
  }

  /** A folder of its own, removed with the server. */
  folder(name: string): string {
    return join(this.#folder, name);
  }

  /** Starts it (again), on the same port and the same file. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, '--port', String(this.#port), '--db', this.databaseFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#port = await readyPort(child);
  }

  /** Ends the process: SIGTERM lets it finish, SIGKILL does not. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** Ends it for good and removes what it wrote. */
  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((done, failed) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /http:\/\/[^:]+:(\d+)/.exec(said)?.[1];
      if (port !== undefined) done(Number(port));
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      failed(new Error(`The server ended with code ${code} before it was ready. It said:\n${said}`));
    });
  });
}
