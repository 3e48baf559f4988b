import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Handles the upgrades of one path on an HTTP server, and keeps them from all other listeners: the stock
 * adapter of Nest, for one, destroys every upgrade it does not know. Those of other paths are left to whoever
 * listens, and answered with 404 where nobody does. Returns what undoes it.
 */
export function routeUpgrades(server: Server, path: string, handle: UpgradeHandler): () => void {
  const fallback: UpgradeHandler = (_request, socket) => {
    if (server.listenerCount('upgrade') === 1)
      refuseUpgrade(socket, 404, `No WebSocket endpoint here; try ${path}.`);
  };
  const own = Object.getOwnPropertyDescriptor(server, 'emit');
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  server.emit = (event: string, ...args: unknown[]): boolean => {
    const [request, socket, head] = args as Parameters<UpgradeHandler>;
    if (event !== 'upgrade' || pathOf(request) !== path) return emit(event, ...args);
    handle(request, socket, head);
    return true;
  };
  // Node looks for a listener before it emits.
  server.on('upgrade', fallback);
  return () => {
    server.off('upgrade', fallback);
    if (own === undefined) Reflect.deleteProperty(server, 'emit');
    else Object.defineProperty(server, 'emit', own);
  };
}

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

export type RefusalStatus = keyof typeof REASONS;

/** Answers an upgrade with a plain HTTP error that says why. */
export function refuseUpgrade(socket: Duplex, status: RefusalStatus, message: string): void {
  const reason = REASONS[status];
  // HTTP has a 401 say how to do better.
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  const body = `${message}\n`;
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\n${challenge}Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!;
