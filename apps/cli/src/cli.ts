import type { Terminal } from './output/terminal';

/** What every command works with. */
export interface Cli {
  readonly terminal: Terminal;
  /** Given at Ctrl-C. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}
