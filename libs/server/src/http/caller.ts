import type { IncomingMessage } from 'node:http';
import type { Caller } from './conversation';

/** Who a request says it is by: `Authorization: Bearer TOKEN`, or `Basic` with a user's name and token. */
export function callerOf({ headers }: IncomingMessage): Caller {
  const [, scheme, credentials] = /^(bearer|basic) +(\S+)$/i.exec(headers.authorization?.trim() ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return { headers };
  if (scheme.toLowerCase() === 'bearer') return { token: credentials, headers };
  const pair = Buffer.from(credentials, 'base64').toString();
  const colon = pair.indexOf(':');
  if (colon < 0) return { headers };
  const [user, token] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return { ...(user !== '' && { user }), token, headers };
}
