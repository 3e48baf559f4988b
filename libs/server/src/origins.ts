import type { Credentials } from './auth/sync-auth';
import { AtomSyncServerError } from './errors';

/** Pages of which origins may speak with the server: a list, or all of them. */
export type Origins = readonly string[] | '*';

/**
 * Whether a request with these headers comes from a page that is let in. Browsers say in `Origin` which page asks;
 * what is no browser says nothing, and is let in by its token alone. Without a list a page is let in that the
 * server's own host has sent; and one of this machine, where the server is reached on this machine too.
 *
 * @throws AtomSyncServerError `BAD_OPTION`
 */
export function originCheck(origins?: Origins): (headers: Credentials['headers']) => boolean {
  if (origins === '*') return () => true;
  const allowed = new Set(origins?.map(checked));
  return ({ origin, host }) => {
    if (origin === undefined) return true;
    if (typeof origin !== 'string') return false;
    if (allowed.has(origin.toLowerCase())) return true;
    const from = urlOf(origin);
    const to = typeof host === 'string' ? urlOf(`http://${host}`) : undefined;
    if (from === undefined || to === undefined) return false;
    // A proxy in front may end TLS: the scheme is not ours to compare, nor a port that only says which scheme.
    return portOf(from) === portOf(new URL(`${from.protocol}//${to.host}`)) && from.hostname === to.hostname
      ? true
      : origins === undefined && isLoopback(from.hostname) && isLoopback(to.hostname);
  };
}

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

/** `undefined` for what is no origin of a page: `null`, and whatever has more than scheme, host and port. */
function urlOf(origin: string): URL | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.origin === origin.toLowerCase() ? url : undefined;
}

function checked(origin: string): string {
  const lower = String(origin).toLowerCase();
  if (lower === 'null' || urlOf(lower) !== undefined) return lower;
  throw new AtomSyncServerError(
    'BAD_OPTION',
    `AtomSyncModule: origins has ${JSON.stringify(origin)}; an origin is scheme, host and port of a page, with nothing behind. Please write it like "https://app.example.com".`,
  );
}
