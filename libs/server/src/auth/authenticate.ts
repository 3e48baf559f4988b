import { answered } from './answer';
import { bearerToken } from './bearer-token';
import type { Credentials, Principal, SyncAuth } from './sync-auth';

/** What became of credentials; `code` and `message` are for whoever showed them. */
export type Authenticated =
  | { readonly kind: 'known'; readonly principal: Principal }
  | {
      readonly kind: 'unknown';
      readonly code: 'UNAUTHENTICATED' | 'TOKEN_EXPIRED';
      readonly message: string;
    };

/**
 * Asks `auth` who shows these credentials; the token of the Authorization header stands in where there is no
 * other. Rejects with what `auth` throws.
 */
export async function authenticate(
  auth: SyncAuth,
  credentials: Credentials,
  now: number,
): Promise<Authenticated> {
  const token = credentials.token ?? bearerToken(credentials.headers);
  const shown = token === undefined ? credentials : { ...credentials, token };
  const principal = await answered(auth.authenticate(shown), null);
  if (principal === null) return UNKNOWN;
  return isExpired(principal, now) ? EXPIRED : { kind: 'known', principal };
}

/** Whether the principal counts no more. */
export function isExpired({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== undefined && !(expiresAt > now);
}

const UNKNOWN: Authenticated = {
  kind: 'unknown',
  code: 'UNAUTHENTICATED',
  message: 'The server does not know this user and token; sign in again.',
};

const EXPIRED: Authenticated = {
  kind: 'unknown',
  code: 'TOKEN_EXPIRED',
  message: 'The token has expired; sign in again with a new one.',
};

/** What the app has said of who shows no credentials anew. */
export function known(principal: Principal, now: number): Authenticated {
  if (!isExpired(principal, now)) return { kind: 'known', principal };
  return {
    kind: 'unknown',
    code: 'TOKEN_EXPIRED',
    message: 'The right to be here has ended; sign in again.',
  };
}
