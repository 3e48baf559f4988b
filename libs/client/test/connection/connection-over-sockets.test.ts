import { decodeUp, encodeDown, type UpMessage } from '@atomsync/protocol';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { openConnection } from '../../src/connection/connection';
import { browserPresence } from '../../src/connection/presence-browser';
import { nodeWebSocket } from '../../src/connection/web-socket-node';
import { webSocketTransport } from '../../src/connection/web-socket-transport';
import { welcome } from './virtual-link';

const serve = async (
  port: number,
): Promise<{
  port: number;
  stop(code: number): Promise<void>;
  heard: UpMessage[];
  server: WebSocketServer;
}> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  const heard: UpMessage[] = [];
  server.on('connection', (socket: WebSocket) => {
    socket.on('message', (frame: Buffer) => {
      const message = decodeUp(frame);
      heard.push(message);
      if (message.type === 'hello') socket.send(encodeDown(welcome));
      if (message.type === 'ping') socket.send(encodeDown({ type: 'pong', heads: new Map([['todo', 3]]) }));
    });
  });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    server,
    stop: async (code) => {
      for (const client of server.clients) client.close(code);
      await new Promise((stopped) => server.close(stopped));
    },
  };
};

/** The close code of a socket that was closed in good order, without a reason. */
const NO_STATUS = 1005;

describe('a connection over real sockets', () => {
  it('is welcomed, beats, notices that the server stops, and is welcomed by the next one', async () => {
    const first = await serve(0);
    const connection = openConnection({
      url: `ws://127.0.0.1:${first.port}`,
      transport: webSocketTransport({ webSocket: nodeWebSocket() }),
      hello: async () => ({ type: 'hello', clientId: 'c1', token: 'secret' }),
      backoff: { base: 10, cap: 10 },
    });
    const phase = (wanted: string) =>
      firstValueFrom(connection.status$.pipe(filter((status) => status.phase === wanted)));

    await phase('online');
    expect(first.heard).toEqual([{ type: 'hello', clientId: 'c1', token: 'secret' }]);
    const session = await firstValueFrom(connection.sessions$.pipe(filter((each) => each !== undefined)));
    const head = firstValueFrom(session.heads('todo'));
    connection.reconnectNow();
    expect(await head).toBe(3);

    const offline = phase('offline');
    await first.stop(1012);
    expect((await offline).error).toMatchObject({ code: 'CONNECTION_LOST', closeCode: 1012 });

    const second = await serve(first.port);
    await phase('online');
    connection.close();
    expect(await firstValueFrom(connection.status$)).toEqual({ phase: 'closed', attempt: 0 });
    await second.stop(1012);
  });

  it('says good-bye when its page is frozen, comes back with it, and is not cut by a wrong offline', async () => {
    const { port, server, stop } = await serve(0);
    const window = Object.assign(new EventTarget(), {
      navigator: { onLine: true },
      document: new EventTarget(),
    });
    const accepted = once(server, 'connection') as Promise<[WebSocket]>;
    const connection = openConnection({
      url: `ws://127.0.0.1:${port}`,
      transport: webSocketTransport({ webSocket: nodeWebSocket() }),
      hello: () => ({ type: 'hello', clientId: 'c1' }),
      presence: browserPresence(window),
    });
    const phases: string[] = [];
    connection.status$.subscribe((status) => phases.push(status.phase));
    const isOnline = () =>
      firstValueFrom(connection.status$.pipe(filter((status) => status.phase === 'online')));

    await isOnline();
    const [socket] = await accepted;
    const closed = once(socket, 'close');
    window.document.dispatchEvent(new Event('freeze'));
    const [code] = (await closed) as [number];
    expect(code).toBe(NO_STATUS);

    window.document.dispatchEvent(new Event('resume'));
    await isOnline();
    window.navigator.onLine = false;
    window.dispatchEvent(new Event('offline'));
    await isOnline();
    expect(phases.join(' ')).toBe('connecting online offline connecting online offline online');
    connection.close();
    await stop(1012);
  });
});
