import { ClientError } from './errors';

/**
 * The socket address of a server as people write it: `ws:`, `wss:`, `http:` or `https:`, or a path on the
 * page's own origin.
 *
 * @throws ClientError `BAD_SERVER`
 */
export function serverUrl(server: string, origin: string | undefined): string {
  let url: URL;
  try {
    url = new URL(server, origin);
  } catch (cause) {
    throw badServer(server, origin === undefined ? 'is not an absolute address' : 'is not an address', cause);
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw badServer(server, `is of scheme '${url.protocol}'`);
  url.hash = '';
  return url.href;
}

function badServer(server: string, what: string, cause?: unknown): ClientError {
  return new ClientError(
    'BAD_SERVER',
    `server: '${server}' ${what}. Give an address such as 'ws://localhost:8090/sync'.`,
    { cause },
  );
}
