import { Logger } from '@nestjs/common';
import type { SyncEvent } from '../sync-event';

/** Close codes from here on are the protocol's, and say that the client did something wrong or lost a right. */
const FIRST_OF_PROTOCOL = 4000;

/** A fault of the server's or the app's, of which clients hear in general terms only. */
interface Fault {
  readonly event: 'fault';
  readonly connection?: string;
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

/**
 * Tells the app's logger, whichever it has (`app.useLogger`), in objects: what is to be expected as `debug`, what was
 * refused as `warn`, faults as `error`.
 */
export class SyncLogger {
  readonly #logger = new Logger('AtomSync');

  readonly event = (event: SyncEvent): void => this.#logger[levelOf(event)](event);

  /** Only what an error says of itself: further fields may hold docs, as the parameters of a failed statement do. */
  readonly fault = (error: unknown, connection?: string): void => {
    const { name, message, stack, code } = error instanceof Error ? (error as Coded) : asError(error);
    const fault: Fault = {
      event: 'fault',
      ...(connection !== undefined && { connection }),
      name,
      ...(typeof code === 'string' && { code }),
      message,
      ...(stack !== undefined && { stack }),
    };
    this.#logger.error(fault);
  };
}

type Coded = Error & { readonly code?: unknown };

const asError = (thrown: unknown): Pick<Coded, 'name' | 'message' | 'stack' | 'code'> => ({
  name: 'Thrown',
  message: typeof thrown === 'string' ? thrown : `Something was thrown that is no error: ${typeof thrown}`,
});

function levelOf(event: SyncEvent): 'debug' | 'log' | 'warn' {
  switch (event.event) {
    case 'connection opened':
      return 'debug';
    case 'connection closed':
      return event.by === 'server' && event.code >= FIRST_OF_PROTOCOL ? 'warn' : 'debug';
    case 'upgrade refused':
      return 'warn';
    case 'tombstones purged':
      return 'log';
  }
}
