import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { HttpError } from './http-error';

/** The whole body. Throws `FRAME_TOO_LARGE` as soon as it is known to be, and `MALFORMED` where it was cut off. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit, length: request.headers['content-length'] ?? null });
  } catch (error) {
    const { type } = error as { readonly type?: string };
    if (type === 'entity.too.large') {
      throw new HttpError('FRAME_TOO_LARGE', `A body has at most ${limit} bytes; send less at once.`, {
        // What is still to come is not read.
        headers: { Connection: 'close' },
      });
    }
    throw new HttpError('MALFORMED', 'The body was cut off.', { headers: { Connection: 'close' } });
  }
}
