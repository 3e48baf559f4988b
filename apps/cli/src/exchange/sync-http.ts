import { decodeBody, encodeBody } from '@atomsync/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error';
import type { ServerChoice } from '../options/server-options';
import { authorization, httpUrl } from './http-address';
import { headOf } from './sync-head';

/** A doc of a page; without `value` it was deleted. */
export interface PulledDoc {
  readonly key: string;
  readonly value?: unknown;
  readonly deleted?: true;
  readonly schemaVersion?: number;
}

/** One answer of the many that a pull may take. */
export interface PulledPage {
  readonly full: boolean;
  readonly docs: readonly PulledDoc[];
  readonly cursor: string;
  readonly version: number;
  readonly more: boolean;
}

/** A change of one doc, to be made whatever is there. */
export type PutChange =
  | { readonly key: string; readonly value: unknown; readonly schemaVersion: number }
  | { readonly key: string; readonly deleted: true };

/** A request that the server refused for good. */
export class Refusal extends CliError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    remedy = '',
  ) {
    super(code, message, remedy);
  }
}

/** Docs of a page, at most; pages end at 4 MiB too. */
const PAGE = 10_000;
/** Beyond all there are: docs are passed on as they are, of whichever schema version. */
const ANY_SCHEMA_VERSION = 999_999_999;
/** Of a message and all in it; values are nested less. */
const MAX_DEPTH = 1000;
const CBOR = { Accept: 'application/cbor', 'Content-Type': 'application/cbor' };
/** Milliseconds to the second attempt; each wait is twice the one before, up to the last of these. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;

/**
 * A server's groups, page by page and batch by batch, in CBOR over HTTP. While the server cannot be had, requests are made
 * again for as long as `patience` (milliseconds).
 */
export class SyncHttp {
  readonly url: string;
  readonly #signal: AbortSignal;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #patience: number;
  #answered = false;

  constructor({ server, user, token }: ServerChoice, signal: AbortSignal, patience: number) {
    this.url = httpUrl(server);
    this.#signal = signal;
    this.#authorization = authorization(user, token);
    this.#patience = patience;
  }

  /**
   * All pages behind a cursor, up to the head; the next is fetched while one is dealt with. A doc that changes meanwhile comes
   * again on a later one.
   */
  async *pages(group: string, prefix: string, since: string | undefined): AsyncGenerator<PulledPage> {
    let next: Promise<PulledPage> | undefined = this.#page(group, prefix, since);
    while (next) {
      const page: PulledPage = await next;
      next = page.more ? this.#page(group, prefix, page.cursor) : undefined;
      // It is awaited in the next round, if there is one.
      next?.catch(() => undefined);
      yield page;
    }
  }

  /** The version of the last commit; `undefined` where nobody says. */
  head(group: string): Promise<number | undefined> {
    return headOf(this.url, group, this.#authorization, this.#signal);
  }

  /** Makes all changes or none. Returns the version of the commit. */
  async put(group: string, changes: readonly PutChange[]): Promise<number> {
    const body = new Uint8Array(encodeBody({ group, changes }, MAX_DEPTH));
    const { version } = (await this.#request('', { method: 'POST', body })) as { readonly version: number };
    return version;
  }

  async #page(group: string, prefix: string, since: string | undefined): Promise<PulledPage> {
    const query = new URLSearchParams({
      group,
      limit: String(PAGE),
      schemaVersion: String(ANY_SCHEMA_VERSION),
      ...(prefix !== '' && { prefix }),
      ...(since !== undefined && { since }),
    });
    return (await this.#request(`?${query}`, { method: 'GET' })) as PulledPage;
  }

  async #request(
    query: string,
    init: { readonly method: string; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<unknown> {
    const began = performance.now();
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const answer = await this.#attempt(query, init);
      if (answer.kind === 'done') return answer.value;
      // A server that was never there is most likely a wrong address.
      const patience = this.#answered ? this.#patience : 0;
      if (performance.now() - began + wait > patience) throw answer.error;
      await sleep(answer.retryAfter ?? wait * (0.5 + Math.random() / 2), undefined, {
        signal: this.#signal,
      }).catch(() => this.#signal.throwIfAborted());
    }
  }

  async #attempt(
    query: string,
    init: { readonly method: string; readonly body?: Uint8Array<ArrayBuffer> },
  ): Promise<Attempt> {
    this.#signal.throwIfAborted();
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(this.url + query, {
        ...init,
        headers: { ...this.#authorization, ...CBOR },
        signal: this.#signal,
      });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      this.#signal.throwIfAborted();
      return { kind: 'retry', error: unreachable(this.url, error) };
    }
    this.#answered = true;
    const value = decoded(bytes);
    if (response.ok && value !== undefined) return { kind: 'done', value };
    const { status } = response;
    if (typeof value?.['code'] !== 'string') throw noSync(this.url, status);
    const { code, message, retryable, retryAfter } = value;
    const error = new Refusal(status, code, String(message), REMEDIES[code]);
    if (retryable !== true) throw error;
    return { kind: 'retry', error, ...(typeof retryAfter === 'number' && { retryAfter }) };
  }
}

type Attempt =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'retry'; readonly error: Error; readonly retryAfter?: number };

const REMEDIES: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Put a token into ATOMSYNC_TOKEN or a file for --token-file; the name goes into --user.',
  TOKEN_EXPIRED: 'Get a new token; `atomsync token inspect` shows until when one holds.',
  FORBIDDEN: 'Use a token that has the right, or take less of the group with --prefix.',
  RATE_LIMITED: 'Wait a little and try again; --resume goes on where this ended.',
};

/** A message of the server: a record. */
function decoded(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = decodeBody(bytes, MAX_DEPTH);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unreachable(url: string, error: unknown): CliError {
  const { cause, message } = error as {
    readonly cause?: { readonly code?: string; readonly message?: string };
    readonly message: string;
  };
  return new CliError(
    'CONNECT_FAILED',
    `No connection to '${url}' could be made (${cause?.code ?? cause?.message ?? message}).`,
    'Start a server with `atomsync serve`, or name yours with --server or ATOMSYNC_SERVER.',
  );
}

const noSync = (url: string, status: number): CliError =>
  new CliError(
    'NO_HTTP',
    `What answers at '${url}' (status ${status}) does not sync over HTTP, which is what this command uses.`,
    'Check the path of --server, and whether the server was started with the option http.',
  );
