import type { Hello } from '@atomsync/protocol';
import { asyncScheduler, BehaviorSubject, EMPTY, of, switchMap, type Observable } from 'rxjs';
import { v7 } from 'uuid';
import type { AtomSyncOptions, Identity, SignOutOptions } from './atom-sync-options';
import { wireCodec } from './connection/codec';
import { openConnection, type Connection } from './connection/connection';
import type { ConnectionStatus } from './connection/connection-status';
import type { Session } from './connection/session';
import { webSocketTransport } from './connection/web-socket-transport';
import { DEFAULT_DEBOUNCE } from './debounce';
import { ClientError } from './errors';
import type { GroupHost } from './group-host';
import { OpenAtoms, type OpenAtom } from './open-atoms';
import { askToPersist } from './persistence';
import { platformPersistence, platformSocket, platformStore, platformTabs } from './platform';
import { Profile } from './profile';
import type { Rejected } from './rejected';
import { RejectedList } from './rejected-list';
import { serverUrl } from './server-url';
import { SharedConnection } from './tabs/shared-connection';
import type { FollowerMessage, TabMessage } from './tabs/tab-message';
import { SIGNED_OUT, type Role } from './tabs/tabs';

/** A client: one connection, one local store, and the synced atoms that share them. See {@link openAtomSync}. */
export class AtomSync {
  /** How the connection stands, in the tab that has it; replays synchronously. */
  readonly status$: Observable<ConnectionStatus>;
  /** Mutations refused for good and not yet taken or dropped; replays synchronously. */
  readonly rejected$: Observable<readonly Rejected[]>;
  /**
   * Whether the browser keeps what is stored when room gets short, as it answered to `persist: true`; in a tab that
   * follows, whether it had been granted before. `false` where it was not asked.
   */
  readonly persisted: Promise<boolean>;
  readonly #name: string;
  readonly #options: AtomSyncOptions;
  readonly #connection: Connection;
  readonly #shared: SharedConnection;
  readonly #profile$ = new BehaviorSubject<Profile | undefined>(undefined);
  readonly #rejected: RejectedList;
  readonly #atoms: OpenAtoms;
  readonly #clientId: string;
  #identity: Identity;
  #session: Session | undefined;
  #clockOffset = 0;
  #closed = false;

  constructor(name: string, options: AtomSyncOptions) {
    this.#name = name;
    this.#options = options;
    this.#identity = options;
    this.#clientId = this.#newId();
    this.#connection = this.#connect();
    this.#shared = new SharedConnection(this.#connection, this.#profile$, options.paused ?? false);
    this.status$ = this.#shared.status$;
    this.#rejected = new RejectedList({
      retry: (group, record) => {
        this.#atoms.demand(group).retry(record);
      },
      forget: (group, record) => {
        this.#atoms.demand(group).group.forget(record);
      },
    });
    this.rejected$ = this.#rejected.list$.asObservable();
    this.#atoms = new OpenAtoms(name, this.#host());
    this.#hearTabs();
    this.persisted = options.persist
      ? askToPersist(this.#role$(), platformPersistence())
      : Promise.resolve(false);
    this.persisted.catch(() => undefined);
    this.#profile$.next(this.#profileOf(options.user));
  }

  /** Ends the connection, for all tabs; everything goes on offline until `resume()`. */
  pause(): void {
    this.#shared.pause();
  }

  /** Connects (again), at once. */
  resume(): void {
    this.#shared.resume();
  }

  /**
   * Goes on as another user, or as the same one with a new token, which an open connection takes as it is. Each user
   * has a local store of their own: open atoms empty themselves and fill again with what is the user's.
   *
   * @throws ClientError `CLOSED`, `SHARED_STORE`
   */
  async signIn(identity: Identity): Promise<void> {
    this.#assertOpen('signIn()');
    const same = this.#profile$.value?.user === identity.user;
    if (!same && typeof this.#options.store === 'object') {
      throw new ClientError(
        'SHARED_STORE',
        `signIn() as '${identity.user}': this client has one store, and the data of two users would meet in it. ` +
          `Give 'store' as a function of the user.`,
      );
    }
    if (this.#profile$.value && !same) await this.#leave(false);
    this.#identity = identity;
    if (same && (await this.#renewed(identity))) return;
    if (!this.#profile$.value) this.#profile$.next(this.#profileOf(identity.user));
    // A new hello, with the new token.
    this.#connection.pause();
    this.#shared.resume();
  }

  /**
   * Ends the connection and empties all open atoms, in all tabs of the user; they are in phase `signed-out` until the next
   * `signIn()`. With `data: 'keep'` what is not confirmed yet goes out when the user is back.
   *
   * @throws ClientError `UNSYNCED`: wiping would lose writes that the server has not confirmed, and `force` was not said
   */
  async signOut({ data = 'keep', force = false }: SignOutOptions = {}): Promise<void> {
    const profile = this.#profile$.value;
    if (!profile) return;
    const wipe = data === 'wipe';
    if (wipe && !force) await this.#assertSynced(profile);
    profile.tabs?.post({ kind: 'signed-out' });
    await this.#leave(wipe);
  }

  /** Closes all atoms, the connection and the local store. What is pending stays in the store. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#atoms.close();
    this.#connection.close();
    this.#rejected.list$.complete();
    await this.#profile$.value?.close();
    this.#profile$.complete();
  }

  /** @internal A key for a doc without one. */
  newKey(): string {
    return (this.#options.newKey ?? v7)();
  }

  /** @internal See {@link OpenAtoms}. */
  acquire<A extends OpenAtom>(kind: string, group: string, prefix: string, make: (host: GroupHost) => A): A {
    return this.#atoms.acquire(kind, group, prefix, make);
  }

  /** @internal The last release ends the atom. */
  release(atom: OpenAtom): void {
    this.#atoms.release(atom);
  }

  /** Sends the new token on the open connection, where there is one. */
  async #renewed(identity: Identity): Promise<boolean> {
    if (this.#session === undefined) return false;
    const token = await tokenOf(identity);
    if (token === undefined || identity !== this.#identity) return false;
    this.#session?.send({ type: 'token', token });
    return this.#session !== undefined;
  }

  async #leave(wipe: boolean): Promise<void> {
    const profile = this.#profile$.value;
    this.#profile$.next(undefined);
    this.#identity = {};
    this.#atoms.unserve();
    this.#rejected.clear();
    await Promise.all(this.#atoms.groups.map((group) => group.left()));
    await profile?.close({ wipe });
  }

  async #assertSynced(profile: Profile): Promise<void> {
    const open = this.#atoms.groups;
    const pending = open.filter((group) => group.pending > 0).map(({ name }) => name);
    const closed = (await profile.groups()).filter((name) => open.every((group) => group.name !== name));
    for (const name of closed) if (await profile.hasPending(name)) pending.push(name);
    if (pending.length === 0) return;
    throw new ClientError(
      'UNSYNCED',
      `Wiping the data of '${profile.user ?? this.#name}' would lose writes that the server has not confirmed, in ` +
        `${pending.map((name) => `'${name}'`).join(', ')}. Wait for settled(), keep the data, or force it.`,
    );
  }

  #hearTabs(): void {
    this.#profile$
      .pipe(switchMap((profile) => profile?.tabs?.messages$ ?? EMPTY))
      .subscribe((message: TabMessage) => {
        if (message.kind === 'signed-out') void this.#leave(false);
        else if ('from' in message && this.#profile$.value?.tabs?.role.kind === 'leading')
          this.#hear(message);
      });
    this.#profile$.pipe(switchMap((profile) => profile?.role$ ?? EMPTY)).subscribe(({ kind }) => {
      if (kind === 'leading') return;
      this.#atoms.unserve();
      void this.#profile$.value?.yield();
    });
  }

  #hear(message: FollowerMessage): void {
    if (message.kind === 'forget') this.#rejected.drop(message.group, message.id);
    else this.#atoms.hear(message);
  }

  #profileOf(user: string | undefined): Profile {
    const { store, tabs } = this.#options;
    return new Profile({
      name: this.#name,
      user,
      store: () => {
        if (store !== undefined) return typeof store === 'function' ? store(user) : store;
        return platformStore(this.#name, user);
      },
      // A store that is open already is this tab's own.
      tabs: tabs === false || typeof store === 'object' ? undefined : (tabs ?? platformTabs()),
      scheduler: this.#options.scheduler ?? asyncScheduler,
      now: () => this.#now(),
      random: this.#options.random ?? Math.random,
      newClientId: () => this.#newId(),
      connection: () => this.#shared.news(),
    });
  }

  #connect(): Connection {
    const { server, transport, scheduler = asyncScheduler, random, presence } = this.#options;
    const socket = platformSocket();
    const connection = openConnection({
      url: serverUrl(server, (globalThis as { location?: { href: string } }).location?.href),
      transport: transport ?? webSocketTransport({ scheduler, ...(socket ? { webSocket: socket } : {}) }),
      codec: wireCodec,
      hello: () => this.#hello(),
      scheduler,
      ...(random ? { random } : {}),
      ...(presence ? { presence } : {}),
      paused: true,
    });
    // Taken when the welcome comes: a group that is opened later would find an old one.
    connection.sessions$.subscribe((session) => {
      this.#session = session;
      if (session) this.#clockOffset = session.welcome.time - this.#now();
    });
    return connection;
  }

  #host(): GroupHost {
    const { scheduler = asyncScheduler, debounce } = this.#options;
    const profile$ = this.#profile$;
    const profile = (): Profile => profile$.value!;
    return {
      scheduler,
      debounce: { ...DEFAULT_DEBOUNCE, ...debounce },
      sessions$: this.#connection.sessions$,
      connection$: this.#connection.status$,
      role$: this.#role$(),
      beginNewTerm: (role) => void profile$.value?.beginNewTerm(role),
      tabs: () => profile$.value?.tabs,
      line: (group) => profile().line(group),
      now: () => this.#now(),
      handedOver: (group, prefix) => this.#options.handedOver?.(group, prefix),
      clockOffset: () => this.#clockOffset,
      openStore: async (group) => {
        await this.#atoms.ended(group);
        return profile().open(group);
      },
      newClientId: () => this.#newId(),
      rejected: (group) => this.#rejected.of(group),
      reject: (group, records) => {
        this.#rejected.add(group, records);
      },
      setRejected: (group, records) => {
        this.#rejected.set(group, records);
      },
    };
  }

  #role$(): Observable<Role> {
    return this.#profile$.pipe(switchMap((current): Observable<Role> => current?.role$ ?? of(SIGNED_OUT)));
  }

  async #hello(): Promise<Hello> {
    const { user } = this.#identity;
    const said = await tokenOf(this.#identity);
    return {
      type: 'hello',
      clientId: this.#clientId,
      ...(user === undefined ? {} : { user }),
      ...(said === undefined ? {} : { token: said }),
    };
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #newId(): string {
    return (this.#options.newClientId ?? v7)();
  }

  #assertOpen(what: string): void {
    if (!this.#closed) return;
    throw new ClientError('CLOSED', `${what} on the client '${this.#name}', which is closed.`);
  }
}

async function tokenOf({ token }: Identity): Promise<string | undefined> {
  return typeof token === 'function' ? token() : token;
}

/**
 * Opens a client and returns at once; it connects in the background and stays in touch.
 *
 * @param name names the client on this machine: its local store and its log lines
 * @throws ClientError `BAD_SERVER`
 * @example
 * const conn = openAtomSync('my-app', { server: 'ws://localhost:8090/sync' });
 * const todos = syncedAtom<Todo>(conn, 'todo');
 */
export function openAtomSync(name: string, options: AtomSyncOptions): AtomSync {
  return new AtomSync(name, options);
}
