import type { RequestListener, Server } from 'node:http';

/**
 * Takes the requests of some paths on an HTTP server, before whatever else listens there: the app's framework, with
 * parsers that would read the body first. All other requests go to those who listened before. Returns what undoes it.
 */
export function routeRequests(server: Server, routes: ReadonlyMap<string, RequestListener>): () => void {
  const others = server.listeners('request') as RequestListener[];
  const listener: RequestListener = (request, response) => {
    const route = routes.get(request.url?.split('?', 1)[0] ?? '');
    if (route !== undefined) route(request, response);
    else for (const other of others) other.call(server, request, response);
  };
  server.removeAllListeners('request');
  server.on('request', listener);
  return () => {
    server.off('request', listener);
    for (const other of others) server.on('request', other);
  };
}
