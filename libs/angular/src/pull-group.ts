import type { HandedOver, LocalDoc } from '@atomsync/client';
import { decodeBody, encodeBody, type FeedCursor } from '@atomsync/protocol';
import { AngularSyncError } from './angular-sync-error';
import type { GroupLoader, GroupRequest } from './group-loader';

export interface PullOptions {
  /** Whose token is sent; asked for each request, in the injection context of the loader. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** By default the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

interface Page {
  readonly full: boolean;
  readonly docs: readonly PulledDoc[];
  readonly cursor: string;
  readonly more: boolean;
}

interface PulledDoc {
  readonly key: string;
  readonly deleted?: boolean;
  readonly value?: unknown;
  readonly schemaVersion?: number;
}

/**
 * A {@link GroupLoader} that asks an Atomsync server over plain HTTP: one request and its answer, no connection.
 *
 * @param url the sync path, such as `http://localhost:8090/sync`
 * @throws AngularSyncError `PULL_FAILED`
 */
export function pullGroup(url: string, options: PullOptions = {}): GroupLoader {
  return async (request) => {
    const { token, fetch = globalThis.fetch } = options;
    const said = typeof token === 'function' ? await token() : token;
    const headers = {
      Accept: 'application/cbor',
      ...(said !== undefined && { Authorization: `Bearer ${said}` }),
    };
    const docs = new Map<string, LocalDoc>();
    let since: string | undefined;
    for (;;) {
      const response = await fetch(address(url, request, since), { headers });
      if (!response.ok) throw await failure(response, request);
      const page = decodeBody(new Uint8Array(await response.arrayBuffer())) as Page;
      if (page.full) docs.clear();
      for (const doc of page.docs) take(docs, doc);
      if (!page.more)
        return { docs: [...docs.values()], cursor: readCursor(page.cursor) } satisfies HandedOver;
      since = page.cursor;
    }
  };
}

function address(url: string, { group, prefix }: GroupRequest, since: string | undefined): string {
  const query = new URLSearchParams({ group, ...(prefix && { prefix }), ...(since && { since }) });
  return `${url}?${query.toString()}`;
}

function take(docs: Map<string, LocalDoc>, { key, deleted, value, schemaVersion = 1 }: PulledDoc): void {
  if (deleted) docs.delete(key);
  else docs.set(key, { key, schemaVersion, body: encodeBody(value) });
}

/** `VERSION.TOKEN`, the token in URL-safe Base64 of UTF-8. */
function readCursor(text: string): FeedCursor {
  const dot = text.indexOf('.');
  const base64 = text
    .slice(dot + 1)
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return { version: Number(text.slice(0, dot)), token: new TextDecoder().decode(bytes) };
}

async function failure(response: Response, { group }: GroupRequest): Promise<AngularSyncError> {
  const said = await response.text().catch(() => '');
  return new AngularSyncError(
    'PULL_FAILED',
    `The docs of '${group}' could not be read: ${response.url} answered ${response.status} ${said.slice(0, 200)}. ` +
      `Check the address and the token that pullGroup() was given.`,
  );
}
