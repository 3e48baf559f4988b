import { FrameReader, packFrame } from '@atomsync/protocol';
import { errorMessage } from '../errors';
import { ConnectionError } from './connection-error';

const FRAMES = 'application/vnd.atomsync.v1';

/** How requests are made. */
export interface HttpRequests {
  readonly url: string;
  readonly init: RequestInit;
  readonly fetch: typeof fetch;
}

/**
 * Says `frames` in one request and hears what the server says to them, frame by frame. Resolves when all is answered.
 *
 * @throws ConnectionError `CONNECT_FAILED`, `CONNECTION_LOST`, `BAD_FRAME`
 */
export async function httpExchange(
  { url, init, fetch: request }: HttpRequests,
  frames: readonly Uint8Array[],
  hear: (frame: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await request(url, {
    ...init,
    method: 'POST',
    headers: { ...headersOf(init), 'Content-Type': FRAMES, Accept: FRAMES },
    body: new Blob(frames.map((frame) => packFrame(frame) as Uint8Array<ArrayBuffer>)),
    signal,
  }).catch((cause: unknown) => {
    const message = `No connection to '${url}' could be made: ${reasonOf(cause)}`;
    throw new ConnectionError('CONNECT_FAILED', message, { cause });
  });
  if (!response.ok || response.headers.get('content-type') !== FRAMES) throw await refused(url, response);
  const reader = new FrameReader();
  try {
    for await (const piece of piecesOf(response)) for (const frame of reader.read(piece)) hear(frame);
  } catch (cause) {
    throw new ConnectionError('CONNECTION_LOST', `The answer of '${url}' broke off: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const { end } = reader;
  if (end?.code === 1000) return;
  throw new ConnectionError(
    'CONNECTION_LOST',
    end === undefined
      ? `The answer of '${url}' broke off.`
      : `The server ended the connection to '${url}' (code ${end.code}: ${end.reason}).`,
    { closeCode: end?.code, closeReason: end?.reason },
  );
}

/** The headers of `init`, in the one form that others can be added to. */
export function headersOf({ headers }: RequestInit): Record<string, string> {
  const all: Record<string, string> = {};
  new Headers(headers).forEach((value, name) => (all[name] = value));
  return all;
}

/** The body as it comes; in one piece where the platform has no streams. */
export async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) {
    yield new Uint8Array(await response.arrayBuffer());
    return;
  }
  const reader = response.body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function refused(url: string, response: Response): Promise<ConnectionError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const said = (await response.text().catch(() => '')).slice(0, 300);
  return new ConnectionError(
    'CONNECT_FAILED',
    `'${url}' answered ${response.status} ${response.statusText}, and not in frames: ${said}`,
    Number.isFinite(seconds) ? { retryAfter: seconds * 1000 } : {},
  );
}

/** Node's `fetch` keeps what happened in the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return [errorMessage(error), cause?.code].filter((part) => part !== undefined).join(', ');
}
