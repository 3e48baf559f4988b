import { usageError } from '../cli-error';
import { DEFAULT_SERVER } from '../options/server-options';

/** Where a server syncs over HTTP: the same path. */
export function httpUrl(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const scheme = { 'ws:': 'http:', 'wss:': 'https:', 'http:': 'http:', 'https:': 'https:' }[
    url?.protocol ?? ''
  ];
  if (url === undefined || scheme === undefined) {
    throw usageError(
      'BAD_SERVER',
      `${server} is no address of a server.`,
      `Write it like ${DEFAULT_SERVER}.`,
    );
  }
  return `${scheme}//${url.host}${url.pathname}`;
}

/** As whom to ask. */
export function authorization(user: string | undefined, token: string | undefined): Record<string, string> {
  if (user !== undefined) {
    return { Authorization: `Basic ${Buffer.from(`${user}:${token ?? ''}`).toString('base64')}` };
  }
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}
