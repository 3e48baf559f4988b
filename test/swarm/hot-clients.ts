import { join } from 'node:path';
import { KnowingServer } from './knowing-server';
import { SwarmProcess } from './swarm-process';

const PROCESSES = 5;

/** What the clients are told to do. */
export interface CountOrder {
  /** The doc of each client. */
  readonly keys: readonly string[];
  readonly times: number;
  /** How many swaps of one client wait for their confirmation, at most. */
  readonly ahead: number;
}

/** What one run came to; CPU in seconds per commit. */
export interface Throughput {
  /** Commits per second, all of them confirmed. */
  readonly rate: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
}

/** Clients in five processes, on a server that knows the named swaps. */
export class HotClients {
  #runs = 0;

  private constructor(
    private readonly server: KnowingServer,
    private readonly processes: readonly SwarmProcess[],
  ) {}

  static async start(clients: number): Promise<HotClients> {
    const server = await KnowingServer.start();
    const each = clients / PROCESSES;
    const file = join(__dirname, 'hot-clients.process.ts');
    const processes = Array.from(
      { length: PROCESSES },
      (_, index) => new SwarmProcess(`hot-${index}`, file, [server.url, String(index * each), String(each)]),
    );
    const started = new HotClients(server, processes);
    await started.#say(undefined, {}, 'started');
    return started;
  }

  /** Each client swaps its doc so often, in a new group. */
  async count(order: CountOrder): Promise<Throughput> {
    await this.#say('open', { group: `counter-${++this.#runs}` }, 'opened');
    const [serverBefore, clientBefore] = [this.server.cpu, this.#cpu()];
    const began = performance.now();
    await this.#say('count', { ...order }, 'counted');
    const seconds = (performance.now() - began) / 1000;
    const commits = order.keys.length * order.times;
    const throughput = {
      rate: commits / seconds,
      serverCpu: (this.server.cpu - serverBefore) / commits,
      clientCpu: (this.#cpu() - clientBefore) / commits,
    };
    await this.#say('close', {}, 'closed');
    return throughput;
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.end()));
    await this.server.dispose();
  }

  #cpu(): number {
    return this.processes.reduce((sum, { cpu }) => sum + cpu, 0);
  }

  async #say(
    what: string | undefined,
    data: Readonly<Record<string, unknown>>,
    answer: string,
  ): Promise<void> {
    for (const { port } of this.processes) if (what !== undefined) port.tell(what, data);
    await Promise.all(this.processes.map(({ port }) => port.hear(answer)));
  }
}
