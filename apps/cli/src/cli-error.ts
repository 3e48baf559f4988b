/** What the process ends with. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure as it is told: a stable code, what happened, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly exitCode: ExitCode = EXIT.failure,
  ) {
    super(message);
  }
}

/** What was typed cannot be right, whatever the server says. */
export const usageError = (code: string, message: string, remedy: string): CliError =>
  new CliError(code, message, remedy, EXIT.usage);
