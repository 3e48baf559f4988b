import { ConsoleLogger } from '@nestjs/common';

/** Who tells why an app does not start. */
const STARTING: ReadonlySet<unknown> = new Set(['NestApplication', 'ExceptionHandler']);

/** Warnings and faults only, and not what `explain` says better when the server does not start. */
export class QuietLogger extends ConsoleLogger {
  constructor() {
    super({ logLevels: ['fatal', 'error', 'warn'] });
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!STARTING.has(rest.at(-1))) super.error(message, ...rest);
  }
}
