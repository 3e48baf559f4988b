import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Where the build of the todo app is. */
export const TODO_APP = join(__dirname, '../../todo/dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Its own scripts, styles and sockets, and nothing else: neither `eval` nor anything written into the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["manifest-src 'self'", "worker-src 'self'", "base-uri 'self'", "form-action 'none'"],
  "frame-ancestors 'none'",
].join('; ');

interface Page {
  readonly body: Buffer;
  readonly packed: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A middleware that serves the files of a built app, `index.html` at `/`, and leaves all other paths to those behind it.
 * They are read once, when it is made: a build that is under way later on never shows half of itself. Without a build it
 * serves nothing.
 */
export function todoApp(
  folder = TODO_APP,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  const pages = read(folder);
  return (request, response, next) => {
    const { originalUrl = '' } = request as { originalUrl?: string };
    const page = pages.get(originalUrl.split('?', 1)[0]!);
    if (page === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    if (request.headers['if-none-match'] === page.headers['etag']) {
      return void response.writeHead(304, page.headers).end();
    }
    const packs = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = packs ? page.packed : page.body;
    response.writeHead(200, {
      ...page.headers,
      'content-length': body.length,
      ...(packs && { 'content-encoding': 'gzip' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

function read(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  if (!existsSync(join(folder, 'index.html'))) return pages;
  for (const name of readdirSync(folder)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    pages.set(name === 'index.html' ? '/' : `/${name}`, page(name, type, readFileSync(join(folder, name))));
  }
  return pages;
}

function page(name: string, type: string, body: Buffer): Page {
  // The bundler puts a hash of the contents into the name: what such a name stands for never changes.
  const isHashed = /-[0-9A-Z]{8}\.\w+$/.test(name);
  return {
    body,
    packed: gzipSync(body),
    headers: {
      'content-type': type,
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      vary: 'accept-encoding',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}
