import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BehaviorSubject } from 'rxjs';

/** Passes connections on to a server, and counts them. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Open connections now. */
  readonly count$ = new BehaviorSubject(0);

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      const end = (): void => {
        near.destroy();
        far.destroy();
        if (this.#sockets.delete(near)) this.count$.next(this.#sockets.size);
      };
      this.#sockets.add(near);
      this.count$.next(this.#sockets.size);
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

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
