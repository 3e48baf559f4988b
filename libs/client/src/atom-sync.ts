import {
  asyncScheduler,
  BehaviorSubject,
  distinctUntilChanged,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { v4, v7 } from 'uuid';
import { wireCodec } from './connection/codec';
import { openConnection, type Connection } from './connection/connection';
import type { ConnectionStatus } from './connection/connection-status';
import type { Transport } from './connection/transport';
import { webSocketTransport } from './connection/web-socket-transport';
import { DEFAULT_DEBOUNCE, type DebounceOptions } from './debounce';
import { ClientError } from './errors';
import type { GroupHost, OpenGroup } from './group-host';
import { platformSocket } from './platform';
import type { RejectedRecord } from './records';
import type { Rejected } from './rejected';
import type { Line } from './own-lines';
import { serverUrl } from './server-url';
import type { LocalStore } from './store/local-store';
import { memoryLocalStore } from './store/memory-local-store';

/** How a client connects. Times in milliseconds. */
export interface AtomSyncOptions {
  /** The gateway: `ws://localhost:8090/sync`, or a path on the page's own origin. */
  readonly server: string;
  readonly user?: string;
  /** The token, or what gets one: asked before every connection, so that it may be renewed. */
  readonly token?: string | (() => string | Promise<string>);
  /** Where values outlive the process; in memory by default. */
  readonly store?: LocalStore;
  readonly debounce?: Partial<DebounceOptions>;
  /** Begin without connecting; `resume()` connects. */
  readonly paused?: boolean;
  /** How frames travel; WebSockets by default. */
  readonly transport?: Transport;
  readonly scheduler?: SchedulerLike;
  /** Numbers in [0, 1), for the jitter of reconnects. */
  readonly random?: () => number;
  /** Milliseconds since 1970: when mutations are made. */
  readonly now?: () => number;
  /** A name that was never used before: this process's line of mutations. A UUID by default. */
  readonly newClientId?: () => string;
  /** A key for `add`. A UUIDv7 by default, which sorts by time. */
  readonly newKey?: () => string;
}

/** What an atom of a connection must be able to do for it. */
export interface OpenAtom {
  readonly group: OpenGroup;
  /** Writes a refused mutation again. */
  retry(record: RejectedRecord): void;
  finish(): void;
}

interface Opened {
  readonly kind: string;
  readonly prefix: string;
  readonly atom: OpenAtom;
  users: number;
}

/** A client: one connection, one local store, and the synced atoms that share them. See {@link openAtomSync}. */
export class AtomSync {
  /** How the connection stands; replays synchronously. */
  readonly status$: Observable<ConnectionStatus>;
  /** Mutations refused for good and not yet taken or dropped; replays synchronously. */
  readonly rejected$: Observable<readonly Rejected[]>;
  readonly #name: string;
  readonly #connection: Connection;
  readonly #options: AtomSyncOptions;
  readonly #rejected$ = new BehaviorSubject<readonly Rejected[]>([]);
  readonly #store: LocalStore;
  readonly #clientId: string;
  readonly #lines = new Map<string, Line>();
  readonly #opened = new Map<string, Opened>();
  readonly #host: GroupHost;
  readonly #ending = new Map<string, Promise<void>>();
  #clockOffset = 0;
  #closed = false;

  constructor(name: string, options: AtomSyncOptions) {
    const { scheduler = asyncScheduler, newClientId = v4, store = memoryLocalStore() } = options;
    const now = options.now ?? ((): number => Date.now());
    const socket = platformSocket();
    this.#name = name;
    this.#options = options;
    this.#store = store;
    this.#clientId = newClientId();
    this.#connection = openConnection({
      url: serverUrl(options.server, (globalThis as { location?: { href: string } }).location?.href),
      transport:
        options.transport ?? webSocketTransport({ scheduler, ...(socket ? { webSocket: socket } : {}) }),
      codec: wireCodec,
      hello: () => this.#hello(),
      scheduler,
      ...(options.random ? { random: options.random } : {}),
      ...(options.paused ? { paused: true } : {}),
    });
    // Taken when the welcome comes: a group that is opened later would find an old one.
    this.#connection.sessions$.subscribe((session) => {
      if (session) this.#clockOffset = session.welcome.time - now();
    });
    this.status$ = this.#connection.status$;
    this.rejected$ = this.#rejected$.pipe(distinctUntilChanged());
    this.#host = {
      scheduler,
      debounce: { ...DEFAULT_DEBOUNCE, ...options.debounce },
      sessions$: this.#connection.sessions$,
      connection$: this.#connection.status$,
      line: (group) => this.#line(group),
      now,
      clockOffset: () => this.#clockOffset,
      openStore: async (group) => {
        await this.#ending.get(group);
        return store.open(group);
      },
      newClientId,
      reject: (group, records) => {
        this.#reject(group, records);
      },
    };
  }

  /** Ends the connection; everything goes on offline until `resume()`. */
  pause(): void {
    this.#connection.pause();
  }

  /** Connects (again), at once. */
  resume(): void {
    this.#connection.resume();
  }

  /** Closes all atoms, the connection and the local store. What is pending stays in the store. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    for (const { atom } of opened) atom.finish();
    await Promise.all([...this.#ending.values(), ...opened.map(({ atom }) => atom.group.end())]);
    this.#connection.close();
    this.#rejected$.complete();
    await this.#store.close();
  }

  /** @internal A key for a doc without one. */
  newKey(): string {
    return (this.#options.newKey ?? v7)();
  }

  /** @internal The atom of a group, made when it is not open yet; as often as it is acquired it must be released. */
  acquire<A extends OpenAtom>(kind: string, group: string, prefix: string, make: (host: GroupHost) => A): A {
    if (this.#closed) {
      throw new ClientError(
        'CLOSED',
        `The client '${this.#name}' is closed. Open a new one with openAtomSync().`,
      );
    }
    const open = this.#opened.get(group);
    if (open && (open.kind !== kind || open.prefix !== prefix)) {
      throw new ClientError(
        'GROUP_IN_USE',
        `The group '${group}' is open as a ${open.kind} with prefix '${open.prefix}', and cannot be opened as a ` +
          `${kind} with prefix '${prefix}' beside it. Close the other one first, or use another client.`,
      );
    }
    const entry = open ?? { kind, prefix, atom: make(this.#host), users: 0 };
    entry.users++;
    this.#opened.set(group, entry);
    return entry.atom as A;
  }

  /** @internal The last release ends the atom. */
  release(atom: OpenAtom): void {
    const { name } = atom.group;
    const open = this.#opened.get(name);
    if (open?.atom !== atom || --open.users > 0) return;
    this.#opened.delete(name);
    atom.finish();
    this.#ending.set(
      name,
      atom.group.end().finally(() => this.#ending.delete(name)),
    );
  }

  async #hello() {
    const { user, token } = this.#options;
    const said = typeof token === 'function' ? await token() : token;
    return {
      type: 'hello' as const,
      clientId: this.#clientId,
      ...(user === undefined ? {} : { user }),
      ...(said === undefined ? {} : { token: said }),
    };
  }

  #line(group: string): Line {
    const line = this.#lines.get(group) ?? { clientId: this.#clientId, next: 1 };
    this.#lines.set(group, line);
    return line;
  }

  #reject({ name }: OpenGroup, records: readonly RejectedRecord[]): void {
    const known = this.#rejected$.value;
    const isKnown = ({ clientId, number }: RejectedRecord): boolean =>
      known.some((other) => other.group === name && other.clientId === clientId && other.number === number);
    const added = records.filter((record) => !isKnown(record)).map((record) => this.#rejected(name, record));
    if (added.length > 0) this.#rejected$.next([...known, ...added]);
  }

  #rejected(group: string, record: RejectedRecord): Rejected {
    const atom = (): OpenAtom => {
      const open = this.#opened.get(group);
      if (open) return open.atom;
      throw new ClientError(
        'CLOSED',
        `The group '${group}' is closed, and its refused mutations rest in the local store. Open it to retry or drop them.`,
      );
    };
    const rejected: Rejected = {
      ...record,
      group,
      retry: () => {
        atom().retry(record);
        rejected.drop();
      },
      drop: () => {
        atom().group.forget(record);
        this.#rejected$.next(this.#rejected$.value.filter((other) => other !== rejected));
      },
    };
    return rejected;
  }
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
