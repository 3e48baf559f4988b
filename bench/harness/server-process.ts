import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds, endNode, onOutput, residentBytes, startNode, type ChildOptions } from './child';

/** A contender's server on a free port and a new database file. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** `ws://…`, without a path. */
    readonly url: string,
  ) {}

  static async start(id: string, server: string, options: ChildOptions): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'atomsync-bench-'));
    const child = startNode(
      `${id}-server`,
      server,
      ['--port', '0', '--db', join(folder, 'bench.db')],
      options,
    );
    try {
      const port = await new Promise<string>((done, failed) => {
        let all = '';
        onOutput(child, (said) => {
          all = said;
          const found = / on http:\/\/[^:]+:(\d+)/.exec(said)?.[1];
          if (found !== undefined) done(found);
        });
        child.once('exit', (code) => {
          failed(new Error(`The server of ${id} ended with ${code} before it was ready. It said:\n${all}`));
        });
      });
      return new ServerProcess(child, folder, `ws://127.0.0.1:${port}`);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get cpu(): number {
    return cpuSeconds(this.child);
  }

  /** Bytes of memory that are in use: its resident set. */
  get memory(): number {
    return residentBytes(this.child);
  }

  async end(): Promise<void> {
    await endNode(this.child);
    await rm(this.folder, { recursive: true, force: true });
  }
}
