import { BehaviorSubject, distinctUntilChanged, EMPTY, map, merge, switchMap, type Observable } from 'rxjs';
import type { Connection } from '../connection/connection';
import { ConnectionError } from '../connection/connection-error';
import { sameStatus, type ConnectionStatus } from '../connection/connection-status';
import type { Profile } from '../profile';
import type { ConnectionNews, TabMessage } from './tab-message';
import type { Role } from './tabs';

/** One connection for all tabs of a profile: the leading one has it, the others see how it stands and may pause it. */
export class SharedConnection {
  readonly status$: Observable<ConnectionStatus>;
  readonly #connection: Connection;
  readonly #news$ = new BehaviorSubject<ConnectionStatus>({ phase: 'connecting', attempt: 0 });
  readonly #own$ = new BehaviorSubject<ConnectionStatus>({ phase: 'connecting', attempt: 0 });
  #profile: Profile | undefined;
  #role: Role = { kind: 'waiting' };
  #paused: boolean;

  constructor(connection: Connection, profile$: Observable<Profile | undefined>, paused: boolean) {
    this.#connection = connection;
    this.#paused = paused;
    connection.status$.subscribe(this.#own$);
    connection.status$.subscribe(() => this.#profile?.tabs?.announce());
    profile$
      .pipe(
        switchMap((profile) => {
          this.#profile = profile;
          return merge(profile?.role$ ?? [WAITING], profile?.tabs?.messages$.pipe(map(heard)) ?? EMPTY);
        }),
      )
      .subscribe((next) => {
        if ('kind' in next) this.#play(next);
        else if (next.news) this.#news$.next(next.news);
        else if (next.paused !== undefined && this.#role.kind === 'leading') this.#obey(next.paused);
      });
    this.status$ = profile$.pipe(
      switchMap((profile) => profile?.role$ ?? [WAITING]),
      switchMap(({ kind }) => (kind === 'following' ? this.#news$ : this.#own$)),
      distinctUntilChanged(sameStatus),
    );
  }

  /** What other tabs are told of it. */
  news(): ConnectionNews {
    const { error, ...rest } = this.#own$.value;
    return { ...rest, ...(error && { error: { code: error.code, message: error.message } }) };
  }

  pause(): void {
    this.#tell('pause');
    this.#obey(true);
  }

  resume(): void {
    this.#tell('resume');
    this.#obey(false);
  }

  #obey(paused: boolean): void {
    this.#paused = paused;
    this.#connect();
  }

  #play(role: Role): void {
    const changed = role.kind !== this.#role.kind;
    this.#role = role;
    if (changed) this.#connect();
  }

  #connect(): void {
    if (this.#role.kind === 'leading' && !this.#paused) this.#connection.resume();
    else this.#connection.pause();
  }

  #tell(kind: 'pause' | 'resume'): void {
    if (this.#role.kind !== 'leading') this.#profile?.tabs?.post({ kind });
  }
}

const WAITING: Role = { kind: 'waiting' };

function heard(message: TabMessage): { readonly news?: ConnectionStatus; readonly paused?: boolean } {
  switch (message.kind) {
    case 'leader': {
      const { error, ...rest } = message.connection;
      return { news: { ...rest, ...(error && { error: new ConnectionError(error.code, error.message) }) } };
    }
    case 'pause':
    case 'resume':
      return { paused: message.kind === 'pause' };
    default:
      return {};
  }
}
