import type { SchedulerLike } from 'rxjs';
import type { ConnectionOrigin, SyncEvent } from './sync-event';

export interface ConnectionLogOptions {
  readonly log: (event: SyncEvent) => void;
  readonly scheduler: SchedulerLike;
}

/** What is to be told of one connection. */
export class ConnectionLog {
  framesIn = 0;
  framesOut = 0;
  readonly #begun: number;

  /** @param origin absent where the connection is but one request, of which nothing is told */
  constructor(
    readonly id: string,
    private readonly origin: ConnectionOrigin | undefined,
    private readonly options: ConnectionLogOptions,
  ) {
    this.#begun = options.scheduler.now();
  }

  opened(principal: string): void {
    if (this.origin === undefined) return;
    this.options.log({ event: 'connection opened', connection: this.id, principal, ...this.origin });
  }

  closed(
    principal: string | undefined,
    how: { readonly code: number; readonly by: 'server' | 'client'; readonly reason?: string },
  ): void {
    if (this.origin === undefined) return;
    this.options.log({
      event: 'connection closed',
      connection: this.id,
      ...(principal !== undefined && { principal }),
      ...this.origin,
      ...how,
      duration: this.options.scheduler.now() - this.#begun,
      framesIn: this.framesIn,
      framesOut: this.framesOut,
    });
  }
}
