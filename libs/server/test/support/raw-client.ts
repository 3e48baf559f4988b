import { decodeDown, encodeUp, SUBPROTOCOL, type DownMessage, type UpMessage } from '@atomsync/protocol';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import WebSocket from 'ws';

/** A WebSocket and nothing else: what it is sent, decoded, in order. */
export class RawClient {
  readonly #messages: DownMessage[] = [];
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

  static async connect(server: Server, { path = '/sync', protocol = SUBPROTOCOL } = {}): Promise<RawClient> {
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol === '' ? [] : [protocol]);
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connected, welcomed, and subscribed to `group`. */
  static async following(server: Server, clientId: string, group = 'g'): Promise<RawClient> {
    const client = await RawClient.connect(server);
    client.say({ type: 'hello', clientId });
    client.say({ type: 'subscribe', group, lines: [] });
    await client.next('changes');
    return client;
  }

  say(message: UpMessage): void {
    this.socket.send(encodeUp(message));
  }

  /** The next message of this type; those before it are gone. */
  async next<T extends DownMessage['type']>(type: T): Promise<Extract<DownMessage, { type: T }>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.type === type) return message as Extract<DownMessage, { type: T }>;
      if (message !== undefined) continue;
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code} before ${type}`);
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
): Promise<{ status: number; body: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    socket.on('open', () => reject(new Error('opened')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}
