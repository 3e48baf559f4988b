import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

// Each command is a process, which takes a while to start where the machine is busy.
jest.setTimeout(120_000);

/** The built command. */
export const MAIN = resolve(__dirname, '../../dist/main.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** A test that fails leaves none behind. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** The command as a process that is under way. */
export class Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #wake: () => void = () => undefined;

  constructor(args: readonly string[], { env = {}, cwd, stdin }: RunOptions = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...bareEnv(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
    });
    alive.add(this.child);
    this.child.once('exit', () => alive.delete(this.child));
    this.child.stdin.on('error', () => undefined);
    if (stdin !== undefined) this.child.stdin.end(stdin);
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
      this.#wake();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
      this.#wake();
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.#wake();
      const { stdout, stderr } = this;
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
    });
  }

  /** Resolves when what it has said passes; rejects when it ends before. */
  async said(passes: (running: Running) => boolean): Promise<void> {
    while (!passes(this)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`It ended (${this.child.exitCode}) and said:\n${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((done) => (this.#wake = done));
    }
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs the command to its end. */
export const atomsync = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  new Running(args, { stdin: '', ...options }).ended;

/** Runs it and reads what it says on stdout as JSON; it has to end well. */
export async function atomsyncJson(args: readonly string[], options: RunOptions = {}): Promise<any> {
  const { code, stdout, stderr } = await atomsync([...args, '--json'], options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** The environment without what the command looks at. */
const bareEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ATOMSYNC_|NO_COLOR$|FORCE_COLOR$|NODE_ENV$|NODE_OPTIONS$)/.test(name),
    ),
  );
