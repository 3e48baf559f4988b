import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { cpuSeconds, endNode, onOutput, startNode, type ChildOptions } from './child';
import { Port, type Message } from './port';

/** A client that plays a role of a workload in a process of its own, seen from the measuring one. */
export class RoleProcess {
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

  /** Resolves when the client is connected and caught up. */
  static async start(
    contender: string,
    workload: string,
    role: string,
    url: string,
    options: ChildOptions,
  ): Promise<RoleProcess> {
    const file = join(__dirname, 'role.process.ts');
    const child = startNode(`${contender}-${role}`, file, [contender, workload, role, url], {
      ...options,
      ipc: true,
    });
    const process = new RoleProcess(child);
    let all = '';
    onOutput(child, (said) => (all = said));
    child.once('exit', (code) => {
      process.port.fail(new Error(`The ${role} of ${contender} ended with ${code}. It said:\n${all}`));
    });
    await process.port.hear('connected');
    return process;
  }

  get cpu(): number {
    return cpuSeconds(this.child);
  }

  async end(): Promise<void> {
    await endNode(this.child);
  }
}
