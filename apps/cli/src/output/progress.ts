import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal';

/** Milliseconds between two lines where there is no terminal. */
const NEW_LINE = 2_000;

/** How far a long work has come: a bar on stderr where that is a terminal, now and then a line elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #now: () => number;
  readonly #bar: SingleBar | undefined;
  #saidAt: number;

  /** @param total what `done` comes to; without it, only what there is so far is told */
  constructor(
    terminal: Terminal,
    label: string,
    total: number | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#terminal = terminal;
    this.#label = label;
    this.#total = total;
    this.#now = now;
    this.#saidAt = now();
    if (terminal.json || !terminal.err.isTTY) return;
    const { paintNote: paint } = terminal;
    const bar = total === undefined ? '' : ` ${paint('cyan', '{bar}')} {percentage} %`;
    this.#bar = new SingleBar({
      stream: terminal.err,
      format: `{label}${bar}  ${paint('dim', '{said}')}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 28,
      hideCursor: true,
      clearOnComplete: true,
      // It would take the process's signals for itself.
      gracefulExit: false,
    });
    this.#bar.start(total ?? 1, 0, { label, said: '' });
  }

  /** @param said what has been done so far, for people */
  update(done: number, said: string): void {
    this.#bar?.update(Math.min(done, this.#total ?? 0), { said });
    if (this.#bar || this.#now() - this.#saidAt < NEW_LINE) return;
    this.#saidAt = this.#now();
    const share = this.#total ? ` ${Math.floor((Math.min(done, this.#total) / this.#total) * 100)} %` : '';
    this.#terminal.note(`${this.#label}${share}  ${said}`);
  }

  /** Takes the bar away. */
  end(): void {
    this.#bar?.stop();
  }
}
