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
import type { GroupNews } from './tabs/tab-message';

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
  #signedOut = false;
  #loaded = false;
  #live = false;
  #storeError: ClientError | undefined;
  #damage: ClientError | undefined;
  #refusal: ClientError | undefined;
  /** How the group stands in the tab that leads, where that is another one. */
  #news: GroupNews | undefined;

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

  get isSignedOut(): boolean {
    return this.#signedOut;
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

  /** Own mutations not yet confirmed. */
  get pending(): number {
    return this.#status$.value.pending;
  }

  /** Nobody is signed in: nothing is loaded, and nothing ready. */
  signedOut(): void {
    this.#signedOut = true;
    this.#loaded = false;
    this.#live = false;
    this.#news = undefined;
    this.#storeError = undefined;
    this.#damage = undefined;
    this.#refusal = undefined;
    this.#ready$.next(false);
    this.tell();
  }

  /** Resolves when it is in phase `signed-out`, or closed. */
  async left(): Promise<void> {
    await firstValueFrom(this.#status$.pipe(filter(({ phase }) => phase === 'signed-out')), {
      defaultValue: undefined,
    });
  }

  /** The local store is being read. */
  loading(): void {
    this.#signedOut = false;
    this.tell();
  }

  /** There are docs to show before the local store has been read. */
  handedOver(): void {
    this.#ready$.next(true);
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

  /** Another tab leads, and says how things stand there; with `undefined`, this one does. */
  relay(news: GroupNews | undefined): void {
    this.#news = news;
    if (news) this.#loaded = true;
    if (news?.ready) this.#ready$.next(true);
    this.tell();
  }

  /** How things stand, for tabs that follow this one. */
  news(): GroupNews {
    const { phase, pending, error } = this.#status$.value;
    return {
      phase,
      pending,
      ready: this.isReady,
      ...(error && { error: { code: error.code, message: error.message } }),
    };
  }

  /** The local store does not do its work, or with `undefined`, does it again. */
  failed(error: unknown): void {
    this.#storeError = asClientError(error);
    this.tell();
  }

  /** What the local store held was damaged: so it stands until docs that are `whole` are stored. */
  damaged(error: unknown): void {
    this.#damage = asClientError(error);
    this.tell();
  }

  /** The local store has done its work; with `whole`, it knows again where its docs stand. */
  stored(whole: boolean): void {
    if (!this.#storeError && !(whole && this.#damage)) return;
    this.#storeError = undefined;
    if (whole) this.#damage = undefined;
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
    if (this.#news && !this.#closed) {
      this.#status$.next(this.#relayed(this.#news));
      return;
    }
    const { pending, others } = this.#replica;
    const unconnected = this.#connection.error;
    // That there is no connection is seen from the phase: what is not stored either is worth more words.
    const error =
      this.#refusal ??
      (this.#connection.phase === 'refused' ? unconnected : undefined) ??
      this.#storeError ??
      this.#damage ??
      unconnected ??
      others.fault;
    const phase = phaseOf({
      closed: this.#closed,
      signedOut: this.#signedOut,
      loaded: this.#loaded,
      live: this.#live,
      refused: this.#refusal !== undefined,
      connection: this.#connection,
    });
    this.#status$.next({ phase, pending: pending.size, ...(error ? { error } : {}) });
  }

  #relayed({ phase, pending, error }: GroupNews): SyncStatus {
    const { code } = this.#status$.value.error ?? {};
    // The same error again is the same object: nothing has changed.
    const same = error && code === error.code ? this.#status$.value.error : undefined;
    const shown = error && (same ?? new ClientError(error.code, error.message));
    return { phase, pending: pending + this.#replica.pending.size, ...(shown && { error: shown }) };
  }
}

function asClientError(error: unknown): ClientError | undefined {
  if (error instanceof ClientError || error === undefined) return error;
  return new ClientError(errorCode(error), errorMessage(error), { cause: error });
}
