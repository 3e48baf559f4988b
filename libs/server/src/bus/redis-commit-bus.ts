import { BehaviorSubject, distinctUntilChanged, Subject } from 'rxjs';
import { AtomSyncServerError } from '../errors';
import type { CommitBus } from './commit-bus';

export interface RedisBusOptions {
  /** As in `redis://user:password@host:6379`. */
  readonly url: string;
}

/** The part of `@redis/client` that is used. */
interface RedisClient {
  on(event: 'error' | 'ready' | 'reconnecting' | 'end', listener: () => void): unknown;
  connect(): Promise<unknown>;
  readonly isReady: boolean;
  publish(channel: string, message: Buffer): Promise<unknown>;
  subscribe(channel: string, listener: Listener, bufferMode: true): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  pSubscribe(pattern: string, listener: Listener, bufferMode: true): Promise<unknown>;
  pUnsubscribe(pattern: string): Promise<unknown>;
  destroy(): void;
}
type Listener = (message: Buffer) => void;

/** Milliseconds between tries to connect again: a little longer each time, up to this. */
const LONGEST_WAIT = 2_000;
const CONNECT_TIMEOUT = 5_000;
/** A server that answers no ping for so long is down, whatever its socket says. */
const PING = 3_000;
const SILENCE = 10_000;

/**
 * `CommitBus` on the channels of Redis: one for each group, subscribed to while somebody here follows it. Needs the package
 * `@redis/client`, which apps with one gateway need not install.
 *
 * @example
 * new RedisCommitBus({ url: 'redis://localhost:6379' })
 */
export class RedisCommitBus implements CommitBus {
  readonly messages$ = new Subject<Uint8Array>();
  readonly #isUp$ = new BehaviorSubject(false);
  readonly isUp$ = this.#isUp$.pipe(distinctUntilChanged());
  readonly #followed = new Set<string>();
  readonly #hear: Listener = (message) => this.messages$.next(message);
  #speaker: RedisClient | undefined;
  #listener: RedisClient | undefined;
  #channels = '';

  constructor(
    private readonly options: RedisBusOptions,
    private readonly random: () => number = Math.random,
  ) {}

  async open(data: string): Promise<void> {
    this.#channels = `atomsync:${data}:`;
    this.#speaker = await this.#client();
    this.#listener = await this.#client();
    for (const client of [this.#speaker, this.#listener]) {
      // It goes on trying by itself, and says so by its state.
      client.connect().catch(() => undefined);
    }
  }

  publish(group: string, message: Uint8Array): void {
    if (this.#speaker?.isReady !== true) return;
    const { buffer, byteOffset, byteLength } = message;
    this.#speaker
      .publish(this.#channels + group, Buffer.from(buffer, byteOffset, byteLength))
      .catch(() => undefined);
  }

  async follow(group: string): Promise<void> {
    this.#followed.add(group);
    if (this.#listener?.isReady === true) await this.#subscribe(this.#listener, group);
  }

  unfollow(group: string): void {
    this.#followed.delete(group);
    const listener = this.#listener;
    if (listener?.isReady !== true) return;
    const left = isPattern(group)
      ? listener.pUnsubscribe(this.#patternOf(group))
      : listener.unsubscribe(this.#channels + group);
    left.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#speaker?.destroy();
    this.#listener?.destroy();
    this.#isUp$.complete();
    this.messages$.complete();
  }

  async #client(): Promise<RedisClient> {
    const { createClient } = await import('@redis/client').catch((cause: unknown) => {
      const message =
        'Commits over Redis need the package @redis/client, which is not installed: npm install @redis/client';
      throw new AtomSyncServerError('BAD_OPTION', message, { cause });
    });
    const client = createClient({
      url: this.options.url,
      // What cannot be told now is not worth telling later.
      disableOfflineQueue: true,
      pingInterval: PING,
      socket: {
        connectTimeout: CONNECT_TIMEOUT,
        socketTimeout: SILENCE,
        reconnectStrategy: (tries) =>
          Math.min(50 * 2 ** Math.min(tries, 10), LONGEST_WAIT) * (0.5 + this.random() / 2),
      },
    }) as unknown as RedisClient;
    client.on('error', () => this.#look());
    client.on('reconnecting', () => this.#look());
    client.on('end', () => this.#look());
    client.on('ready', () => this.#ready(client));
    return client;
  }

  #ready(client: RedisClient): void {
    if (client !== this.#listener) return this.#look();
    const all = Array.from(this.#followed, (group) => this.#subscribe(client, group));
    Promise.all(all).then(
      () => this.#look(),
      () => undefined,
    );
  }

  #look(): void {
    this.#isUp$.next(this.#speaker?.isReady === true && this.#listener?.isReady === true);
  }

  async #subscribe(listener: RedisClient, group: string): Promise<void> {
    try {
      if (isPattern(group)) await listener.pSubscribe(this.#patternOf(group), this.#hear, true);
      else await listener.subscribe(this.#channels + group, this.#hear, true);
      // Left meanwhile.
      if (!this.#followed.has(group)) this.unfollow(group);
    } catch {
      // It is followed once the connection is there again.
    }
  }

  #patternOf(group: string): string {
    const parts = (this.#channels + group).split('*');
    return parts.map((part) => part.replace(/[\\?[\]^]/g, '\\$&')).join('*');
  }
}

const isPattern = (group: string): boolean => group.includes('*');
