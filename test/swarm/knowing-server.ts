import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwarmProcess } from './swarm-process';

/** A server process on an SQLite file of its own that knows the swaps of this folder. */
export class KnowingServer {
  private constructor(
    private readonly child: SwarmProcess,
    private readonly path: string,
    readonly url: string,
  ) {}

  static async start(profiles?: string): Promise<KnowingServer> {
    const path = await mkdtemp(join(tmpdir(), 'atomsync-swarm-'));
    const file = join(__dirname, 'knowing-server.process.ts');
    const child = new SwarmProcess('server', file, [join(path, 'atomsync.db')], profiles);
    try {
      const { port } = await child.port.hear<{ port: number }>('listening');
      return new KnowingServer(child, path, `ws://127.0.0.1:${port}/sync`);
    } catch (error) {
      await rm(path, { recursive: true, force: true });
      throw error;
    }
  }

  get cpu(): number {
    return this.child.cpu;
  }

  /** A folder of its own, removed with the server. */
  folder(name: string): string {
    return join(this.path, name);
  }

  /** Ends it and removes what it wrote. */
  async dispose(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await this.child.end(signal);
    await rm(this.path, { recursive: true, force: true });
  }
}
