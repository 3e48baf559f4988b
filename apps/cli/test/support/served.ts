import { openAtomSync, syncedAtom, type AtomSync } from '@atomsync/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Running, type Ended, type RunOptions } from './atomsync';

/** `atomsync serve` as a process, on a free port and files of its own. */
export class Served {
  readonly folder: string;
  #running: Running | undefined;
  #port = 0;
  #sync: AtomSync | undefined;
  readonly #options: readonly string[];
  readonly #run: RunOptions;

  private constructor(folder: string, options: readonly string[], run: RunOptions) {
    this.folder = folder;
    this.#options = options;
    this.#run = run;
  }

  static async start(options: readonly string[] = [], run: RunOptions = {}): Promise<Served> {
    const served = new Served(await mkdtemp(join(tmpdir(), 'atomsync-cli-')), options, run);
    await served.restart();
    return served;
  }

  get db(): string {
    return join(this.folder, 'atomsync.db');
  }

  /** Puts a doc, or deletes it, by one client that stays connected. */
  async put(group: string, key: string, value: unknown): Promise<void> {
    this.#sync ??= openAtomSync('cli-test', { server: this.url });
    const atom = syncedAtom<unknown>(this.#sync, group);
    await atom.ready();
    await atom.transact((docs) => (value === undefined ? docs.without(key) : docs.with(key, value))).accepted;
    atom.close();
  }

  /** The option that names it. */
  get server(): readonly [string, string] {
    return ['--server', this.url];
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  get running(): Running {
    return this.#running!;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Starts it (again), on the same port and the same file. */
  async restart(): Promise<void> {
    const address = ['--port', String(this.#port), '--host', '127.0.0.1', '--db', this.db];
    this.#running = new Running(['serve', '--json', ...address, ...this.#options], this.#run);
    await this.#running.said(({ stdout }) => stdout.includes('\n'));
    ({ port: this.#port } = JSON.parse(this.#running.stdout) as { port: number });
  }

  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    return this.running.kill(signal);
  }

  async dispose(): Promise<void> {
    await this.#sync?.close();
    if (this.running.child.exitCode === null) await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
