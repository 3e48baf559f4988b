import { ConsoleLogger } from '@nestjs/common';

/** Warnings and faults only, and not what `explain` says better when the server does not start. */
export class QuietLogger extends ConsoleLogger {
  constructor() {
    super({ logLevels: ['fatal', 'error', 'warn'] });
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== 'NestApplication') super.error(message, ...rest);
  }
}
