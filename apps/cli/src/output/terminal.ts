import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { Explained } from '../explain';
import { paintFor, type Paint } from './paint';

export interface TerminalOptions {
  /** Results as JSON on stdout, and nothing else there; stderr has errors only. */
  readonly json: boolean;
  /** Stacks of errors. */
  readonly verbose: boolean;
  readonly color: boolean;
}

/** Where results (stdout) and everything said about them (stderr) go. */
export class Terminal {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
  readonly paintNote: Paint;
  /** Columns that a line has; `Infinity` where it is no terminal. */
  readonly width: number;
  readonly out: WriteStream;
  readonly err: WriteStream;

  constructor(
    { json, verbose, color }: TerminalOptions,
    { stdout, stderr }: { readonly stdout: WriteStream; readonly stderr: WriteStream } = process,
  ) {
    this.json = json;
    this.verbose = verbose;
    this.out = stdout;
    this.err = stderr;
    this.paint = paintFor(stdout, color);
    this.paintNote = paintFor(stderr, color);
    // A terminal that does not know its width says 0.
    this.width = stdout.isTTY && stdout.columns > 0 ? stdout.columns : Infinity;
  }

  /** A line of the result. */
  print(line: string): void {
    this.out.write(`${line}\n`);
  }

  /** Much of the result: resolves when there is room for more. */
  async write(text: string): Promise<void> {
    if (!this.out.write(text)) await once(this.out, 'drain');
  }

  /** What a person likes to know beside the result; not with --json. */
  note(line: string): void {
    if (!this.json) this.err.write(`${line}\n`);
  }

  /** What anyone must know. */
  warn(line: string): void {
    this.err.write(`${this.paintNote('yellow', 'warning')} ${line}\n`);
  }

  /** One line: the code, what happened and what to do. With --json it is an object. */
  fail({ code, message, remedy }: Explained, error: unknown): void {
    if (this.json) {
      this.err.write(
        `${JSON.stringify({ error: { code, message, ...(remedy !== undefined && remedy !== '' && { remedy }) } })}\n`,
      );
    } else {
      const said = [message, remedy ?? ''].filter((part) => part !== '').join(' ');
      this.err.write(`${this.paintNote(['red', 'bold'], 'error')} ${this.paintNote('dim', code)} ${said}\n`);
    }
    if (this.verbose && error instanceof Error) this.err.write(`${error.stack ?? error.message}\n`);
  }
}
