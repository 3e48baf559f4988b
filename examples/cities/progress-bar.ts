import type { WriteStream } from 'node:tty';

const WIDTH = 30;

/** How often the line is drawn again on a terminal, and how often there is a new one elsewhere. Milliseconds. */
const REDRAW = 100;
const NEW_LINE = 2_000;

/** A line that grows with what is done: redrawn on a terminal, now and then a new one in a log. */
export class ProgressBar {
  readonly #began = performance.now();
  #drawnAt: number;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly out: WriteStream = process.stdout,
  ) {
    // The first draw comes at once where it can be drawn over.
    this.#drawnAt = out.isTTY ? -Infinity : this.#began;
  }

  update(done: number): void {
    const now = performance.now();
    if (now - this.#drawnAt < (this.out.isTTY ? REDRAW : NEW_LINE)) return;
    this.#drawnAt = now;
    this.#draw(done, now);
  }

  /** Leaves the last state standing. */
  end(): void {
    this.#draw(this.total, performance.now());
    if (this.out.isTTY) this.out.write('\n');
  }

  #draw(done: number, now: number): void {
    const share = this.total === 0 ? 1 : Math.min(1, done / this.total);
    const full = Math.round(share * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    const seconds = ((now - this.#began) / 1000).toFixed(1);
    const line = `${this.label} ${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${done.toLocaleString('en')} in ${seconds} s`;
    this.out.write(this.out.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
}
