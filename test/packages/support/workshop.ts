import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { keepBinding, keptBindings } from './bindings';
import { tarballsOf } from './tarballs';

const FIXTURES = resolve(__dirname, '..');
/** How long a step may take before it counts as hanging, in milliseconds. */
const LONGEST_STEP = 780_000;

/** What the environment of a step has besides the machine's own. */
export type Environment = Readonly<Record<string, string>>;

/** A Node that is not the one on the machine's path. */
export interface NodeAt {
  /** The folder of `node` itself. */
  readonly programs: string;
  /** The folder whose `include` has its headers, to compile bindings against. */
  readonly headers: string | undefined;
}

/** A program that goes on until it is ended. */
export interface Running {
  /** Ends it by SIGTERM, and resolves with all that it said. Rejects when it ends with an error. */
  end(): Promise<string>;
}

/**
 * A folder outside the workspace in which a test is a user: it makes apps, installs tarballs, builds and runs. Says what
 * it does, as that takes minutes. What it has started ends with it.
 */
export class Workshop {
  readonly #title: string;
  readonly #children = new Set<ChildProcess>();
  /** Where all its folders lie. */
  readonly home: string;

  #env: Environment = {};
  #installEnv: Environment = {};

  constructor(title: string) {
    this.#title = title;
    this.home = mkdtempSync(join(tmpdir(), `atomsync-${title}-`));
  }

  /** From now on `node`, and with it npm and all tools, is this one. */
  useNode({ programs, headers }: NodeAt): void {
    this.#env = { PATH: [programs, process.env['PATH']].join(delimiter) };
    this.#installEnv = headers === undefined ? {} : { npm_config_nodedir: headers };
  }

  /** A new folder, with a copy of a fixture where one is named, as `fixtures/web`. */
  folder(name: string, fixture?: string): string {
    const folder = join(this.home, name);
    mkdirSync(folder, { recursive: true });
    if (fixture !== undefined) cpSync(join(FIXTURES, fixture), folder, { recursive: true });
    return folder;
  }

  /**
   * Installs by npm what a folder's package.json names, and more: names of ours stand for their tarballs and those of
   * what they need.
   */
  async install(folder: string, ...names: readonly string[]): Promise<void> {
    const ours = names.filter((name) => name.startsWith('@atomsync/'));
    const others = names.filter((name) => !ours.includes(name));
    const quickly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await this.#step({ ...this.#installEnv, ...keptBindings() }, LONGEST_STEP, folder, [
      'npm',
      'install',
      ...quickly,
      ...tarballsOf(...ours),
      ...others,
    ]);
    keepBinding(folder, this.#abi());
  }

  /** Runs a program to its end. @returns what it said @throws with what it said, when it fails */
  run(folder: string, command: string, ...args: readonly string[]): Promise<string> {
    return this.runWithin(LONGEST_STEP, folder, command, ...args);
  }

  /** As `run`; a program that takes longer than `limit` milliseconds fails. */
  runWithin(limit: number, folder: string, command: string, ...args: readonly string[]): Promise<string> {
    return this.#step({}, limit, folder, [command, ...args]);
  }

  async #step(
    env: Environment,
    limit: number,
    folder: string,
    [command, ...args]: readonly [string, ...string[]],
  ): Promise<string> {
    const shown = [command, ...args].map(shortened).join(' ');
    const began = Date.now();
    this.#say(shown);
    const child = this.#spawn(folder, command, args, env);
    const said = listen(child);
    let late = false;
    const guard = setTimeout(() => {
      late = true;
      // Npm hands it on to what it runs.
      child.kill('SIGTERM');
    }, limit);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    clearTimeout(guard);
    this.#children.delete(child);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (code !== 0) {
      const how = late
        ? `was not done after ${seconds} s`
        : `ended with ${code ?? signal} after ${seconds} s`;
      throw new Error(`\`${shown}\` ${how}, in ${folder}. It said:\n${lastLines(said())}`);
    }
    this.#say(`${shown}: ${seconds} s`);
    return said();
  }

  /** Starts a program and waits until it says that it is ready. */
  async start(
    folder: string,
    env: Environment,
    ready: RegExp,
    command: string,
    ...args: readonly string[]
  ): Promise<Running> {
    const shown = [command, ...args].map(shortened).join(' ');
    this.#say(`${shown} …`);
    const child = this.#spawn(folder, command, args, env);
    const said = listen(child);
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    void closed.then(() => this.#children.delete(child));
    await new Promise<void>((done, failed) => {
      const look = (): void => {
        if (ready.test(said())) done();
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', (code) => {
        failed(
          new Error(
            `\`${shown}\` ended with ${code} before it was ready, in ${folder}. It said:\n${lastLines(said())}`,
          ),
        );
      });
    });
    return {
      end: async () => {
        child.kill('SIGTERM');
        const [code] = await closed;
        // By the signal itself, or after what it has done at that signal.
        if (code !== null && code !== 0)
          throw new Error(`\`${shown}\` ended with ${code}, in ${folder}. It said:\n${lastLines(said())}`);
        return said();
      },
    };
  }

  /** Ends what is still running, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#children].map(async (child) => {
        const closed = once(child, 'close');
        if (child.kill('SIGKILL')) await closed;
      }),
    );
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawn(folder: string, command: string, args: readonly string[], env: Environment = {}): ChildProcess {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...outsideOfNpm({ ...process.env, ...this.#env, ...env }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    return child;
  }

  /** By what bindings for its Node are told from others. */
  #abi(): string {
    const env = { ...process.env, ...this.#env };
    return execFileSync('node', ['-p', 'process.versions.modules'], { env, encoding: 'utf8' }).trim();
  }

  #say(what: string): void {
    process.stderr.write(`[${this.#title}] ${what}\n`);
  }
}

/** The environment without what `npm run` and jest put there, which would lead npm and tools back into the workspace. */
function outsideOfNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) =>
      !/^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|prefix|global_prefix))/.test(
        name,
      ) && !/^(NODE_ENV|NODE_OPTIONS|NODE_PATH|FORCE_COLOR|JEST_WORKER_ID|INIT_CWD|ATOMSYNC_\w+)$/.test(name),
  );
  // `npm run` puts the workspace's programs first.
  const path = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith('node_modules/.bin'));
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    // Where SQLite's binding cannot be downloaded it is compiled: soon done, rather than fast.
    CFLAGS: '-O0',
    CXXFLAGS: '-O0',
    JOBS: 'max',
    NG_CLI_ANALYTICS: 'false',
  };
}

function listen(child: ChildProcess): () => string {
  let said = '';
  const more = (chunk: Buffer): void => void (said += chunk.toString());
  child.stdout?.on('data', more);
  child.stderr?.on('data', more);
  child.once('error', (error) => (said += error.message));
  return () => said;
}

/** Names of packages as they are, paths without their folders. */
const shortened = (arg: string): string => (/^[\\/]|^[A-Z]:/.test(arg) ? arg.replace(/^.*[\\/]/, '') : arg);

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-60).join('\n');
