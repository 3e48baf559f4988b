import { openAtomSync, type AtomSync, type AtomSyncOptions } from '@atomsync/client';
import { ServerProcess } from './server-process';

/** A server process of a test's own, and the clients it opens; all ended together. */
export class Stage {
  readonly #clients: AtomSync[] = [];

  private constructor(readonly server: ServerProcess) {}

  static async open(): Promise<Stage> {
    return new Stage(await ServerProcess.start());
  }

  client(name: string, options: Partial<AtomSyncOptions> = {}): AtomSync {
    const client = openAtomSync(name, { server: this.server.url, ...options });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.server.dispose();
  }
}
