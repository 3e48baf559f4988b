/*
 * A link that has no connection: what the client says is gathered and goes as one exchange, one at a time. Each begins
 * with hello, and subscribes to the groups it is about with the cursor that the last one ended at, so that the client
 * hears what a socket would have told it meanwhile.
 *
 *     send ─▶ outbox ─┐
 *     poll, hint ─────┴▶ exchange: hello, subscribe…, push… ─▶ frames ─▶ down$
 */
import {
  decodeDown,
  decodeUp,
  DEFAULT_LIMITS,
  encodeUp,
  type DownMessage,
  type Hello,
  type Limits,
  type Subscribe,
} from '@atomsync/protocol';
import { Subject, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { httpExchange, type HttpRequests } from './http-exchange';
import { httpHints } from './http-hints';
import type { Link } from './transport';

/** What a link over HTTP is made of. Times in milliseconds. */
export interface HttpLinkOptions extends HttpRequests {
  readonly eventsUrl: string | undefined;
  readonly poll: number;
  readonly pollWithHints: number;
  readonly scheduler: SchedulerLike;
}

/** What an exchange is about. */
interface About {
  /** Groups that the client itself has subscribed to in it. */
  readonly asked: ReadonlySet<string>;
  /** Groups whose catch-up has not come yet. */
  readonly awaited: Set<string>;
}

/** A stream of hints that ends sooner is not opened again at once. */
const SHORT = 1_000;

export class HttpLink implements Link {
  readonly #options: HttpLinkOptions;
  readonly #frames$ = new Subject<Uint8Array>();
  readonly #over = new AbortController();
  readonly #following = new Map<string, Subscribe>();
  /** Groups of which there may be news. */
  readonly #due = new Set<string>();
  #hello: Hello | undefined;
  #limits: Limits = DEFAULT_LIMITS;
  #outbox: Uint8Array[] = [];
  #onItsWay = 0;
  #isBusy = false;
  #isWelcomed = false;
  #timer: Subscription | undefined;
  #hints: { readonly key: string; readonly stop: AbortController } | undefined;

  constructor(options: HttpLinkOptions) {
    this.#options = options;
  }

  get down$(): Observable<Uint8Array> {
    return this.#frames$;
  }

  send(frame: Uint8Array): void {
    this.#outbox.push(frame);
    // Whatever else is said in the same breath goes along.
    queueMicrotask(() => this.#run());
  }

  buffered(): number {
    return this.#outbox.reduce((sum, { length }) => sum + length, this.#onItsWay);
  }

  close(): void {
    this.#over.abort();
    this.#timer?.unsubscribe();
    this.#hints?.stop.abort();
    this.#frames$.complete();
  }

  #run(): void {
    if (this.#isBusy || this.#over.signal.aborted || (this.#outbox.length === 0 && this.#due.size === 0))
      return;
    this.#isBusy = true;
    this.#timer?.unsubscribe();
    const { frames, ...about } = this.#compose();
    this.#onItsWay = frames.reduce((sum, { length }) => sum + length, 0);
    httpExchange(this.#options, frames, (frame) => this.#hear(frame, about), this.#over.signal).then(
      () => {
        this.#isBusy = false;
        this.#onItsWay = 0;
        if (this.#over.signal.aborted) return;
        this.#run();
        if (!this.#isBusy) this.#rest();
      },
      (error: unknown) => {
        if (!this.#over.signal.aborted) this.#frames$.error(error);
      },
    );
  }

  /** What goes out next. */
  #compose(): About & { readonly frames: readonly Uint8Array[] } {
    const asked = new Set<string>();
    const said: Uint8Array[] = [];
    const pulled = new Set(this.#due);
    this.#due.clear();
    for (let bytes = 0; this.#outbox.length > 0;) {
      const frame = this.#outbox[0]!;
      bytes += frame.length;
      if (said.length > 0 && bytes > this.#limits.maxFrame) break;
      this.#outbox.shift();
      const message = decodeUp(frame, { ...this.#limits, maxFrame: Infinity }, { faults: 'keep' });
      switch (message.type) {
        case 'hello':
          this.#hello = message;
          continue;
        case 'token':
          if (this.#hello) this.#hello = { ...this.#hello, token: message.token };
          continue;
        case 'unsubscribe':
          // There is nothing there to end: the next exchange begins anew.
          this.#following.delete(message.group);
          continue;
        case 'subscribe':
          this.#following.set(message.group, message);
          asked.add(message.group);
          break;
        case 'push':
          pulled.add(message.group);
          break;
        case 'ping':
          for (const group of this.#following.keys()) pulled.add(group);
          break;
        default:
          break;
      }
      said.push(frame);
    }
    const again = [...pulled].flatMap((group) =>
      asked.has(group) ? [] : (this.#following.get(group) ?? []),
    );
    const hello = this.#hello === undefined ? [] : [encodeUp(this.#hello)];
    const awaited = new Set([...asked, ...again.map(({ group }) => group)]);
    return { frames: [...hello, ...again.map((message) => encodeUp(message)), ...said], asked, awaited };
  }

  #hear(frame: Uint8Array, { asked, awaited }: About): void {
    if (this.#over.signal.aborted) return;
    let message: DownMessage;
    try {
      message = decodeDown(frame);
    } catch {
      // Whoever reads it will say what is wrong with it.
      return this.#frames$.next(frame);
    }
    if (message.type === 'welcome' && this.#welcomed(message.limits)) return;
    if (message.type === 'changes' && message.cursor !== undefined) {
      const { group, cursor, docs, from } = message;
      awaited.delete(group);
      const known = this.#following.get(group);
      if (known !== undefined) this.#following.set(group, { ...known, cursor });
      const isNews = docs.length > 0 || from === 0 || known?.cursor?.version !== cursor.version;
      if (!isNews && !asked.has(group)) return;
    }
    if (message.type === 'commits') this.#moved(message.group, message.to);
    // A feed that was refused is not asked for again and again.
    if (message.type === 'error' && !message.retryable && awaited.has(message.group ?? '')) {
      this.#following.delete(message.group ?? '');
    }
    this.#frames$.next(frame);
  }

  /** Whether there was a welcome before: the client hears of one. */
  #welcomed(limits: Limits): boolean {
    const isSecond = this.#isWelcomed;
    this.#isWelcomed = true;
    this.#limits = limits;
    return isSecond;
  }

  #moved(group: string, to: number): void {
    const known = this.#following.get(group);
    if (known?.cursor === undefined || known.cursor.version >= to) return;
    this.#following.set(group, { ...known, cursor: { ...known.cursor, version: to } });
  }

  /** Nothing is to be said: waits for hints, or until it is time to look. */
  #rest(): void {
    this.#listen();
    const { poll, pollWithHints, scheduler } = this.#options;
    this.#timer = scheduler.schedule(() => this.#look(), this.#hints === undefined ? poll : pollWithHints);
  }

  #look(): void {
    for (const group of this.#following.keys()) this.#due.add(group);
    this.#run();
  }

  #listen(): void {
    const { eventsUrl, scheduler } = this.#options;
    const following = [...this.#following.values()];
    if (eventsUrl === undefined || following.length === 0) return;
    // One stream has one prefix; groups with another one are looked at by the clock.
    const prefix = following[0]!.prefix ?? '';
    const groups = following.filter((each) => (each.prefix ?? '') === prefix).map(({ group }) => group);
    const { user, token } = this.#hello ?? {};
    const key = JSON.stringify([prefix, groups, user, token]);
    if (this.#hints?.key === key) return;
    this.#hints?.stop.abort();
    const stop = new AbortController();
    const began = scheduler.now();
    this.#hints = { key, stop };
    void httpHints(
      { ...this.#options, url: eventsUrl },
      { prefix, groups, user, token },
      (group, version) => this.#hinted(group, version),
      stop.signal,
    ).then(() => {
      if (this.#over.signal.aborted || stop.signal.aborted) return;
      this.#hints = undefined;
      // The server may be gone: a look will tell.
      if (scheduler.now() - began >= SHORT) this.#look();
      else if (!this.#isBusy) this.#waitAgain();
    });
  }

  #waitAgain(): void {
    this.#timer?.unsubscribe();
    this.#timer = this.#options.scheduler.schedule(() => this.#look(), this.#options.poll);
  }

  #hinted(group: string, version: number): void {
    const known = this.#following.get(group);
    if (known === undefined || (known.cursor?.version ?? 0) >= version) return;
    this.#due.add(group);
    this.#run();
  }
}
