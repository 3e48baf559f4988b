import { createParser } from 'eventsource-parser';
import { headersOf, piecesOf, type HttpRequests } from './http-exchange';

/** Who asks for hints, on which groups. */
export interface HintsWanted {
  readonly groups: readonly string[];
  readonly prefix: string;
  readonly user: string | undefined;
  readonly token: string | undefined;
}

/** An address that all servers and proxies take. */
const MAX_URL = 6_000;

/**
 * Reads the server's hints by `fetch`, which can send a token as the platforms' `EventSource` cannot. Resolves when the
 * stream is over, or cannot be had: hints are never needed.
 */
export async function httpHints(
  { url, init, fetch: request }: HttpRequests,
  wanted: HintsWanted,
  hint: (group: string, version: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const address = new URL(url);
  for (const group of wanted.groups) address.searchParams.append('group', group);
  if (wanted.prefix !== '') address.searchParams.set('prefix', wanted.prefix);
  if (address.href.length > MAX_URL) return;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event !== 'changed') return;
      const { group, version } = JSON.parse(data) as { readonly group: string; readonly version: number };
      hint(group, version);
    },
  });
  try {
    const response = await request(address, {
      ...init,
      headers: { ...headersOf(init), ...authorization(wanted), Accept: 'text/event-stream' },
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      return;
    }
    const text = new TextDecoder();
    for await (const piece of piecesOf(response)) parser.feed(text.decode(piece, { stream: true }));
  } catch {
    // As good as over.
  }
}

function authorization({ user, token }: HintsWanted): Record<string, string> {
  if (token === undefined) return {};
  if (user === undefined) return { Authorization: `Bearer ${token}` };
  const bytes = new TextEncoder().encode(`${user}:${token}`);
  return { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
