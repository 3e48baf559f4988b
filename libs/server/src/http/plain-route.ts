import type { IncomingMessage, RequestListener } from 'node:http';

/** What a path that only reads answers. */
export interface Plain {
  readonly status?: number;
  readonly type: string;
  readonly body: string;
}

/** Answers `GET` and `HEAD`, and 405 to all else. */
export const plainRoute =
  (read: (request: IncomingMessage) => Plain | Promise<Plain>): RequestListener =>
  (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    Promise.resolve(read(request)).then(
      ({ status = 200, type, body }) => {
        response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      () => response.writeHead(500).end(),
    );
  };
