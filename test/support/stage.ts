import { openAtomSync, type AtomSync, type AtomSyncOptions } from '@atomsync/client';
import { httpTransport } from '@atomsync/client/http';
import { ServerProcess } from './server-process';

/** How a client's frames may travel. */
export const TRANSPORTS: readonly (readonly [string, Partial<AtomSyncOptions>])[] = [
  ['a socket', {}],
  ['HTTP', { transport: httpTransport() }],
];

/** A server process of a test's own, and the clients it opens; all ended together. */
export class Stage {
  readonly #clients: AtomSync[] = [];

  private constructor(
    readonly server: ServerProcess,
    private readonly options: Partial<AtomSyncOptions>,
  ) {}

  /** `options` are those of all its clients. */
  static async open(options: Partial<AtomSyncOptions> = {}): Promise<Stage> {
    return new Stage(await ServerProcess.start(), options);
  }

  client(name: string, options: Partial<AtomSyncOptions> = {}): AtomSync {
    const client = openAtomSync(name, { server: this.server.url, ...this.options, ...options });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.server.dispose();
  }
}
