import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes connections on to a server, and notes how many there were at a time. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #count = 0;
  #most = 0;
  #total = 0;
  #since = 0;
  #overlap = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      this.#opened();
      const end = (): void => {
        near.destroy();
        far.destroy();
        if (this.#sockets.delete(near)) this.#closed();
      };
      this.#sockets.add(near);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    });
  }

  /** To the port of this machine. */
  static async start(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open connections now. */
  get count(): number {
    return this.#count;
  }

  /** The most connections that were open at a time. */

  /** Connections so far. */
  get total(): number {
    return this.#total;
  }

  /** The longest stretch with more than one open; milliseconds. */
  get overlap(): number {
    return this.#overlap;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #opened(): void {
    this.#total++;
    this.#most = Math.max(this.#most, ++this.#count);
    if (this.#count === 2) this.#since = performance.now();
  }

  #closed(): void {
    if (--this.#count === 1) this.#overlap = Math.max(this.#overlap, performance.now() - this.#since);
  }
}
