import type { Credentials } from './sync-auth';

/** The token of the header `Authorization: Bearer …`. */
export function bearerToken({ authorization }: Credentials['headers']): string | undefined {
  return typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
}
