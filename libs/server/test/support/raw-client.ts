import { decodeDown, encodeUp, SUBPROTOCOL, type DownMessage, type UpMessage } from '@atomsync/protocol';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import WebSocket from 'ws';

/** A WebSocket and nothing else: what it is sent, decoded, in order. */
export class RawClient {
  readonly #messages: DownMessage[] = [];
  readonly #seen: DownMessage[] = [];
  readonly #waiting: (() => void)[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#messages.push(decodeDown(data));
      this.#waiting.splice(0).forEach((wake) => wake());
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#waiting.splice(0).forEach((wake) => wake());
    });
  }

  static async connect(
    server: Server,
    { path = '/sync', protocol = SUBPROTOCOL, headers = {} as Record<string, string> } = {},
  ): Promise<RawClient> {
    const { port } = server.address() as AddressInfo;
    const protocols = protocol === '' ? [] : [protocol];
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connected, welcomed, and subscribed to `group`. */
  static async following(
    server: Server,
    clientId: string,
    group = 'g',
    shown: { readonly user?: string; readonly token?: string } = {},
  ): Promise<RawClient> {
    const client = await RawClient.connect(server);
    client.say({ type: 'hello', clientId, ...shown });
    client.say({ type: 'subscribe', group, lines: [] });
    await client.next('changes');
    return client;
  }

  /** Still there, and served. */
  async isWell(): Promise<boolean> {
    this.say({ type: 'ping' });
    await this.next('pong');
    return true;
  }

  say(message: UpMessage): void {
    this.socket.send(encodeUp(message));
  }

  /** All that has been taken so far, in order. */
  seen(): readonly DownMessage[] {
    return this.#seen;
  }

  /** The next message of this type; those before it are gone. */
  next<T extends DownMessage['type']>(type: T): Promise<Extract<DownMessage, { type: T }>> {
    return this.nextOf(type);
  }

  /** The next message of one of these types. */
  async nextOf<T extends DownMessage['type']>(...types: T[]): Promise<Extract<DownMessage, { type: T }>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) this.#seen.push(message);
      if (types.includes(message?.type as T)) return message as Extract<DownMessage, { type: T }>;
      if (message !== undefined) continue;
      if (this.closed !== undefined)
        throw new Error(`closed with ${this.closed.code} before ${types.join(', ')}`);
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  async end(): Promise<{ code: number; reason: string }> {
    while (this.closed === undefined) await new Promise<void>((wake) => this.#waiting.push(wake));
    return this.closed;
  }
}

/** The plain HTTP answer to an upgrade that is not wanted. */
export function refusal(
  server: Server,
  path: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    socket.on('open', () => reject(new Error('opened')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}
