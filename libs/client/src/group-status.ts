import {
  BehaviorSubject,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  type Observable,
  type Subscription,
} from 'rxjs';
import type { ErrorMessage } from '@atomsync/protocol';
import type { ConnectionStatus } from './connection/connection-status';
import { ClientError, errorCode, errorMessage } from './errors';
import { phaseOf, sameStatus, type SyncStatus } from './status';

/** What the status says of the replica. */
interface Standing {
  readonly pending: { readonly size: number };
  readonly others: { readonly fault: ClientError | undefined };
}

/** How one group stands, put together from its connection, its local store, its feed and its pending writes. */
export class GroupStatus {
  readonly #replica: Standing;
  readonly #status$ = new BehaviorSubject<SyncStatus>({ phase: 'loading', pending: 0 });
  readonly #ready$ = new BehaviorSubject(false);
  readonly #connected: Subscription;
  #connection: ConnectionStatus = { phase: 'connecting', attempt: 0 };
  #closed = false;
  #loaded = false;
  #live = false;
  #storeError: ClientError | undefined;
  #refusal: ClientError | undefined;

  constructor(connection$: Observable<ConnectionStatus>, replica: Standing) {
    this.#replica = replica;
    this.#connected = connection$.subscribe((status) => {
      this.#connection = status;
      this.tell();
    });
  }

  get status$(): Observable<SyncStatus> {
    return this.#status$.pipe(distinctUntilChanged(sameStatus));
  }

  get isReady(): boolean {
    return this.#ready$.value;
  }

  get isLoaded(): boolean {
    return this.#loaded;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Resolves when the group is ready, or closed. */
  async ready(): Promise<void> {
    await firstValueFrom(this.#ready$.pipe(filter(Boolean)), { defaultValue: undefined });
  }

  /** Resolves when nothing is pending, or the group is closed. */
  async settled(): Promise<void> {
    await firstValueFrom(this.#status$.pipe(filter(({ pending }) => pending === 0)), {
      defaultValue: undefined,
    });
  }

  /** The local store has been read; with `ready`, it held what a server once sent. */
  loaded(ready: boolean): void {
    this.#loaded = true;
    if (ready) this.#ready$.next(true);
    this.tell();
  }

  live(live: boolean): void {
    this.#live = live;
    if (live) {
      this.#refusal = undefined;
      this.#ready$.next(true);
    }
    this.tell();
  }

  /** The local store does not do its work. */
  failed(error: unknown): void {
    this.#storeError =
      error instanceof ClientError
        ? error
        : new ClientError(errorCode(error), errorMessage(error), { cause: error });
    this.tell();
  }

  /** The server will not have the group as it is. */
  refused({ code, message, retryable }: ErrorMessage): void {
    if (!retryable) this.upgrade(new ClientError(code, message));
  }

  /** This program is too old for the group. */
  upgrade(error: ClientError): void {
    this.#refusal = error;
    this.tell();
  }

  close(): void {
    this.#closed = true;
    this.#connected.unsubscribe();
    this.tell();
    this.#status$.complete();
    this.#ready$.complete();
  }

  /** Says how things stand now. */
  tell(): void {
    const { pending, others } = this.#replica;
    const error = this.#refusal ?? this.#connection.error ?? this.#storeError ?? others.fault;
    const phase = phaseOf({
      closed: this.#closed,
      loaded: this.#loaded,
      live: this.#live,
      refused: this.#refusal !== undefined,
      connection: this.#connection,
    });
    this.#status$.next({ phase, pending: pending.size, ...(error ? { error } : {}) });
  }
}
