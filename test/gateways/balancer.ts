import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One address in front of several gateways: each connection goes to the next one that takes it, whoever it is of. */
export class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next = 0;

  /** @param ports those of the gateways that are there now */
  private constructor(private readonly ports: () => readonly number[]) {
    this.#server = createServer((near) => {
      this.#keep(near);
      this.#pass(near, this.ports().length);
    });
  }

  static async start(ports: () => readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sync`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #pass(near: Socket, tries: number): void {
    const ports = this.ports();
    if (tries === 0 || ports.length === 0) {
      near.destroy();
      return;
    }
    const far = connect(ports[this.#next++ % ports.length]!, '127.0.0.1');
    this.#keep(far);
    far.once('error', () => {
      // It is not there, or not any more.
      if (far.connecting || far.bytesRead === 0) this.#pass(near, tries - 1);
      else near.destroy();
    });
    far.once('connect', () => {
      far.removeAllListeners('error');
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true).on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }
}
