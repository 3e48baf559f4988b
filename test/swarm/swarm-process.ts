import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpuSeconds, onOutput, startNode } from '../../bench/harness/child';
import { Port, type Message } from '../../bench/harness/port';
import { compiledProcess } from '../support/compiled-process';

/** A TypeScript program as a process of its own that talks with this one; it ends when this one does. */
export class SwarmProcess {
  readonly port: Port;
  readonly #child: ChildProcess;

  constructor(name: string, file: string, args: readonly string[], profiles?: string) {
    const child = startNode(name, compiledProcess(file), args, { ipc: true, profiles });
    this.#child = child;
    this.port = new Port({
      send: (message) => child.send(message),
      on: (hear) =>
        child.on('message', (message) => {
          hear(message as Message);
        }),
    });
    let all = '';
    onOutput(child, (said) => (all = said));
    child.once('exit', (code, signal) => {
      this.port.fail(new Error(`The process ${name} ended with ${code ?? signal}. It said:\n${all}`));
    });
  }

  /** CPU seconds it has used so far. */
  get cpu(): number {
    return cpuSeconds(this.#child);
  }

  /** Resolves when it has exited. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** The other end: the process that was started, talking with the one that started it. */
export function portOfParent(): Port {
  process.once('disconnect', () => process.exit());
  return new Port({
    send: (message) => process.send?.(message),
    on: (hear) =>
      process.on('message', (message) => {
        hear(message as Message);
      }),
  });
}
