import { SUBPROTOCOL } from '@atomsync/protocol';
import type { IncomingMessage } from 'node:http';
import { catchError, defer, map, of, timeout, type Observable } from 'rxjs';
import type { Authenticated } from '../auth/authenticate';
import type { RefusalStatus } from './upgrade-route';

/** Why a request does not become a socket. */
export interface UpgradeRefusal {
  readonly status: RefusalStatus;
  readonly code: string;
  readonly message: string;
}

export const GOING_DOWN: UpgradeRefusal = {
  status: 503,
  code: 'SHUTTING_DOWN',
  message: 'the server is going down; connect again.',
};

/** The page may not, or it speaks something else; `undefined` where nothing is wrong with it so far. */
export function refusalOf(
  { headers }: IncomingMessage,
  mayConnect: (headers: IncomingMessage['headers']) => boolean,
): UpgradeRefusal | undefined {
  if (!mayConnect(headers)) {
    const message = `pages of ${JSON.stringify(headers.origin)} may not connect; list their origin in the option origins.`;
    return { status: 403, code: 'FORBIDDEN', message };
  }
  const offered = protocolsOf(headers);
  if (chosenProtocol(offered) !== undefined) return undefined;
  const shown = offered.size === 0 ? 'none' : [...offered].join(', ');
  const message = `this endpoint speaks the WebSocket subprotocol ${SUBPROTOCOL}, and the client offered ${shown}.`;
  return { status: 400, code: 'UNSUPPORTED_VERSION', message };
}

export const tooManyOfAddress = (most: number): UpgradeRefusal => ({
  status: 429,
  code: 'RATE_LIMITED',
  message: `an address has at most ${most} connections; close some.`,
});

/**
 * Whether the token in the headers does not count. An answer that does not come within `wait` milliseconds, or not at
 * all, is no answer about the token.
 */
export function refusalOfToken(
  authenticate: () => Promise<Authenticated | undefined>,
  wait: number,
  onFault: (error: unknown) => void,
): Observable<UpgradeRefusal | undefined> {
  return defer(authenticate).pipe(
    timeout(wait),
    map((answer): UpgradeRefusal | undefined =>
      answer?.kind === 'unknown' ? { status: 401, code: answer.code, message: answer.message } : undefined,
    ),
    catchError((error: unknown) => {
      onFault(error);
      const message = 'the token could not be looked up; connect again.';
      return of({ status: 503, code: 'RETRY_LATER', message } satisfies UpgradeRefusal);
    }),
  );
}

export function protocolsOf(headers: IncomingMessage['headers']): Set<string> {
  const names = headers['sec-websocket-protocol']?.split(',') ?? [];
  return new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
}

/** Ours, or another version of it, so that its client can be told over the socket which one is spoken here. */
export function chosenProtocol(offered: ReadonlySet<string>): string | undefined {
  return offered.has(SUBPROTOCOL) ? SUBPROTOCOL : [...offered].find((name) => /^atomsync\.v\d+$/.test(name));
}
