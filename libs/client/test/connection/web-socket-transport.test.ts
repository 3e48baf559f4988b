import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, mergeMap, toArray, VirtualTimeScheduler, type Observable } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { ConnectionError } from '../../src/connection/connection-error';
import type { Link } from '../../src/connection/transport';
import { nodeWebSocket } from '../../src/connection/web-socket-node';
import { webSocketTransport } from '../../src/connection/web-socket-transport';

const transport = webSocketTransport({ webSocket: nodeWebSocket() });

describe('the WebSocket transport, against a real server', () => {
  let server: WebSocketServer;
  let url: string;

  const serve = async (options: ConstructorParameters<typeof WebSocketServer>[0] = {}): Promise<void> => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
    await once(server, 'listening');
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const accepted = async (): Promise<WebSocket> => ((await once(server, 'connection')) as [WebSocket])[0];

  beforeEach(() => serve());

  afterEach(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((closed) => server.close(closed));
  });

  it('carries binary frames both ways, in order', async () => {
    server.on('connection', (socket) => {
      socket.on('message', (frame: Buffer, binary) => socket.send(frame, { binary }));
    });
    const frames = Array.from({ length: 100 }, (_, i) => Uint8Array.of(i, 1, 2));
    const back: Uint8Array[] = [];
    await new Promise<void>((resolve) => {
      const subscription = transport(url).subscribe((link) => {
        link.down$.subscribe((frame) => {
          back.push(frame);
          if (back.length < frames.length) return;
          subscription.unsubscribe();
          resolve();
        });
        for (const frame of frames) link.send(frame);
      });
    });
    expect(back).toEqual(frames);
  });

  it('asks for its subprotocol, and refuses a server that does not agree', async () => {
    const [subscription, socket] = await connected(transport(url), accepted);
    expect(socket.protocol).toBe('atomsync.v1');
    subscription.unsubscribe();
    await once(socket, 'close');

    await new Promise((closed) => server.close(closed));
    await serve({ handleProtocols: () => false });
    // `ws` notices by itself; browsers let such a socket open.
    expect((await failureOf(transport(url))).message).toContain('subprotocol');
  });

  it('keeps code and reason of a close, in down$ and in the link stream', async () => {
    server.on('connection', (socket) => socket.close(1012, 'restarting'));
    const expected = { code: 'CONNECTION_LOST', closeCode: 1012, closeReason: 'restarting', retryable: true };
    expect(await failureOf(transport(url))).toMatchObject(expected);
    expect(await failureOf(transport(url).pipe(mergeMap(({ down$ }) => down$)))).toMatchObject(expected);
  });

  it('tells a torn socket from a closed one', async () => {
    server.on('connection', (socket) => socket.terminate());
    expect(await failureOf(transport(url))).toMatchObject({ code: 'CONNECTION_LOST', closeCode: 1006 });
  });

  it('says who could not be reached and why', async () => {
    const port = new URL(url).port;
    await new Promise((closed) => server.close(closed));
    const failure = await failureOf(transport(url));
    expect(failure).toMatchObject({ code: 'CONNECT_FAILED', closeCode: 1006, retryable: true });
    expect(failure.message).toContain(port);
    expect(failure.message).toContain('ECONNREFUSED');
    await serve();
  });

  it('says what an upgrade was answered with', async () => {
    await new Promise((closed) => server.close(closed));
    await serve({ verifyClient: (_info, answer) => answer(false, 503) });
    expect((await failureOf(transport(url))).message).toContain('503');
  });

  it('does not try again an address that no socket can be opened to', async () => {
    expect(await failureOf(transport('nonsense'))).toMatchObject({ code: 'BAD_URL', retryable: false });
  });

  it('refuses text frames', async () => {
    server.on('connection', (socket) => socket.send('text'));
    const failure = await failureOf(transport(url).pipe(mergeMap(({ down$ }) => down$)));
    expect(failure).toMatchObject({ code: 'BAD_FRAME' });
  });

  it('closes the socket on unsubscribe', async () => {
    const [subscription, socket] = await connected(transport(url), accepted);
    subscription.unsubscribe();
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1005);
  });

  it('delivers what was sent just before unsubscribe', async () => {
    const [, socket] = await connected(transport(url), accepted, (link, stop) => {
      link.send(Uint8Array.of(7));
      stop();
    });
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect([...frame]).toEqual([7]);
  });

  it('survives a send into a socket that is closing', async () => {
    const [subscription, socket, link] = await connected(transport(url), accepted);
    const failed = failureOf(link.down$);
    socket.terminate();
    await failed;
    link.send(Uint8Array.of(1));
    subscription.unsubscribe();
  });

  it('tells how much has not left yet', async () => {
    const [subscription, socket, link] = await connected(transport(url), accepted);
    socket.pause();
    expect(link.buffered()).toBe(0);
    for (let i = 0; i < 64; i++) link.send(new Uint8Array(1 << 20));
    expect(link.buffered()).toBeGreaterThan(1 << 20);
    subscription.unsubscribe();
  });

  it('may be unsubscribed before the socket is open', async () => {
    const opened: Link[] = [];
    const subscription = transport(url).subscribe((link) => opened.push(link));
    subscription.unsubscribe();
    await failureOf(transport('ws://127.0.0.1:1')); // time enough for the first to fail loudly
    expect(opened).toEqual([]);
  });
});

describe('the connect timeout', () => {
  let mute: Server;

  beforeEach(async () => {
    mute = createServer();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
  });

  afterEach(() => new Promise<void>((closed) => mute.close(() => closed())));

  it('gives up a server that takes the socket and says nothing', async () => {
    const scheduler = new VirtualTimeScheduler();
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const slow = webSocketTransport({ webSocket: nodeWebSocket(), connectTimeout: 50, scheduler });
    const failure = failureOf(slow(url));
    const [socket] = await once(mute, 'connection');
    scheduler.flush();
    expect(await failure).toMatchObject({ code: 'CONNECT_TIMEOUT', retryable: true });
    (socket as { destroy(): void }).destroy();
  });
});

describe('without a WebSocket of the platform', () => {
  it('says where to get one', async () => {
    if ('WebSocket' in globalThis) return;
    const failure = await failureOf(webSocketTransport()('ws://127.0.0.1:1'));
    expect(failure.message).toContain('@atomsync/client/node');
  });
});

const failureOf = async (stream$: Observable<unknown>): Promise<ConnectionError> => {
  try {
    await lastValueFrom(stream$.pipe(toArray()));
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionError);
    return error as ConnectionError;
  }
  throw new Error('the stream ended without an error');
};

const connected = async (
  links$: Observable<Link>,
  accepted: () => Promise<WebSocket>,
  onLink: (link: Link, stop: () => void) => void = () => {},
): Promise<[{ unsubscribe(): void }, WebSocket, Link]> => {
  const socket = accepted();
  let subscription: { unsubscribe(): void } | undefined;
  const link = await new Promise<Link>((resolve) => {
    subscription = links$.subscribe({
      next: (next) => {
        onLink(next, () => subscription?.unsubscribe());
        resolve(next);
      },
      error: () => {},
    });
  });
  return [subscription as { unsubscribe(): void }, await socket, link];
};
