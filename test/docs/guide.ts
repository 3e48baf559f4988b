import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksOf, fencesOf } from './blocks';
import { readPage, ROOT } from './pages';

const ATOMSYNC = join(ROOT, 'apps/cli/dist/main.js');

/** What makes a project and fetches packages. Here the project is a folder of the workspace, and has them all. */
const SETS_UP = /^(mkdir|cd|npm init|npm install|npx @(nestjs|angular)\/cli(@\d+)? new) /;

/** A guide as its reader follows it: a project with the files it shows, and a terminal for the commands. */
export class Guide {
  readonly #path: string;
  readonly #terminals: Terminal[] = [];
  readonly #replace: (text: string) => string;
  readonly folder: string;
  readonly #files;
  readonly #commands: string[];

  /**
   * @param place the beginning of the folder's path, inside the workspace
   * @param replace puts addresses of the test in the place of those on the page
   */
  constructor(path: string, place: string, replace: (text: string) => string) {
    this.#path = path;
    this.#replace = replace;
    const { text } = readPage(path);
    this.#files = blocksOf(path, text).filter(({ file }) => file !== undefined);
    this.#commands = fencesOf(path, text)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ lines }) => lines)
      .filter((line) => !SETS_UP.test(line));
    mkdirSync(dirname(place), { recursive: true });
    this.folder = mkdtempSync(place);
    mkdirSync(join(this.folder, 'bin'));
    this.#write('bin/atomsync', `#!/bin/sh\nexec '${process.execPath}' '${ATOMSYNC}' "$@"\n`);
    chmodSync(join(this.folder, 'bin/atomsync'), 0o755);
  }

  /** Writes the next of the page's files, each as `make` makes it. All of them where no name is given. */
  write(file?: string, make = (code: string, name: string) => [name, code] as const): void {
    const written = this.#files.filter((block) => file === undefined || block.file === file);
    for (const block of file === undefined ? written : written.slice(0, 1)) {
      this.#files.splice(this.#files.indexOf(block), 1);
      this.#write(...make(this.#replace(block.code), block.file!));
    }
  }

  /** The commands of the page, from the next to the last one that match, with an address for `atomsync`. */
  commands(wanted: RegExp): string[] {
    const found = this.#commands.filter((command) => wanted.test(command));
    if (found.length === 0) throw new Error(`${this.#path} has no more commands like ${String(wanted)}`);
    for (const command of found) this.#commands.splice(this.#commands.indexOf(command), 1);
    return found.map((command) => this.#replace(command).replace(/^npx atomsync /, 'atomsync '));
  }

  terminal(command: string, env: Readonly<Record<string, string>> = {}): Terminal {
    const terminal = new Terminal(command, this.folder, {
      HOME: this.folder,
      PATH: `${join(this.folder, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
      ...env,
    });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** What the page shows that no test has followed. */
  left(): string[] {
    return [...this.#commands, ...this.#files.map(({ title }) => title)];
  }

  /** What the page has in blocks of a language. */
  shown(language: string): string[] {
    const fences = fencesOf(this.#path, readPage(this.#path).text);
    return fences.filter((fence) => fence.language === language).map(({ lines }) => lines.join('\n'));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#terminals.map((terminal) => terminal.end('SIGKILL')));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A command in a terminal of its own. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #wake: () => void = () => undefined;
  #open = true;
  said = '';

  constructor(command: string, cwd: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', command.includes('\n') ? command : `exec ${command}`],
      {
        cwd,
        env,
      },
    );
    this.#child.stdin!.on('error', () => undefined);
    for (const output of [this.#child.stdout!, this.#child.stderr!]) {
      output.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
        this.#wake();
      });
    }
    this.#ended = once(this.#child, 'close').then(() => {
      this.#open = false;
      this.#wake();
    });
  }

  /** What it said, without the line that is not ended yet. */
  get lines(): string[] {
    return this.said.split('\n').slice(0, -1);
  }

  enter(): void {
    this.#child.stdin!.write('\n');
  }

  /** Resolves when what it has said passes; rejects when it ends before. */
  async until(passes: (terminal: this) => boolean): Promise<void> {
    while (!passes(this)) {
      if (!this.#open) throw new Error(`It ended, and said:\n${this.said}`);
      await new Promise<void>((done) => (this.#wake = done));
    }
  }

  /** Resolves with what it said when it has ended well. */
  async result(): Promise<string> {
    await this.#ended;
    if (this.#child.exitCode !== 0)
      throw new Error(`It ended with ${this.#child.exitCode}, and said:\n${this.said}`);
    return this.said;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}
