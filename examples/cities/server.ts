import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(__dirname, '../../apps/server/dist/main.js');

/** What `npm start` runs, as a process of its own, on a free port and on a file in a folder of its own. */
export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'atomsync-cities-'));
  /** Rejects when the server ends without having been told to. */
  readonly crashed: Promise<never>;
  readonly #crash: (error: Error) => void;
  #child: ChildProcess | undefined;
  #port = 0;

  constructor() {
    let crash!: (error: Error) => void;
    this.crashed = new Promise((_, failed) => (crash = failed));
    this.crashed.catch(() => undefined);
    this.#crash = crash;
    process.once('exit', () => {
      this.remove();
    });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.once(signal, () => process.exit(code));
    }
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  /** Starts it (again), on the same port and the same file. */
  async start(): Promise<void> {
    const file = join(this.#folder, 'cities.db');
    const child = spawn(
      process.execPath,
      [MAIN, '--port', String(this.#port), '--db', file, '--host', '127.0.0.1'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    let said = '';
    const ended = new Promise<never>((_, failed) => {
      child.once('exit', (code, signal) => {
        if (child !== this.#child) return;
        const error = new Error(`The server ended by itself (${signal ?? code}). It said:\n${said}`);
        this.#crash(error);
        failed(error);
      });
    });
    const ready = new Promise<number>((done) => {
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        const port = /Atomsync on http:\/\/[^:]+:(\d+)/.exec(said)?.[1];
        if (port !== undefined) done(Number(port));
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
    });
    this.#port = await Promise.race([ready, ended]);
  }

  /** `kill -9`: no handler runs, no buffer is flushed, no file is closed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Resident memory in bytes, now and at its highest; `undefined` where the system does not say. */
  memory(): { readonly now: number; readonly peak: number } | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
      const bytes = (name: string): number =>
        Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
      return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
    } catch {
      return undefined;
    }
  }

  /** Ends it for good and removes what it wrote. */
  remove(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
