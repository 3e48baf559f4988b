import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes on what is said to PostgreSQL, and may cut a connection off when COMMIT has been done and not yet answered. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCutting = false;
  cuts = 0;

  private constructor(private readonly to: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(to.port) || 5432, to.hostname);
      let isCommitting = false;
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      near.on('data', (said: Buffer) => {
        isCommitting ||= this.#isCutting && said.includes('COMMIT');
        far.write(said);
      });
      far.on('data', (answer: Buffer) => {
        if (!isCommitting) return void near.write(answer);
        this.#isCutting = false;
        this.cuts++;
        near.destroy();
      });
    });
  }

  static async start(url: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(url));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const url = new URL(this.to);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.toString();
  }

  /** The answer to the next COMMIT does not arrive, nor anything else on its connection. */
  cutNextCommit(): void {
    this.#isCutting = true;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
