import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { cpuSeconds, endNode, onOutput, startNode, type ChildOptions } from './child';
import { Port, type Message } from './port';

/** A process that plays a role of a workload, seen from the measuring one. */
export class RoleProcess {
  static #started = 0;
  readonly port: Port;

  private constructor(private readonly child: ChildProcess) {
    this.port = new Port({
      send: (message) => child.send(message),
      on: (hear) =>
        child.on('message', (message) => {
          hear(message as Message);
        }),
    });
  }

  /** Resolves when it has said `ready`. */
  static async start(
    contender: string,
    workload: string,
    role: string,
    url: string,
    options: ChildOptions,
  ): Promise<RoleProcess> {
    const file = join(__dirname, 'role.process.ts');
    const child = startNode(
      `${contender}-${role}-${++RoleProcess.#started}`,
      file,
      [contender, workload, role, url],
      {
        ...options,
        ipc: true,
        gc: true,
      },
    );
    const process = new RoleProcess(child);
    let all = '';
    onOutput(child, (said) => (all = said));
    child.once('exit', (code) => {
      process.port.fail(new Error(`The ${role} of ${contender} ended with ${code}. It said:\n${all}`));
    });
    await process.port.hear('ready');
    return process;
  }

  get cpu(): number {
    return cpuSeconds(this.child);
  }

  async end(): Promise<void> {
    await endNode(this.child);
  }
}
