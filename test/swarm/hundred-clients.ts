import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SwarmProcess } from './swarm-process';
import { TIMES, type Pushes, type TenClientsOrder } from './ten-clients';

const PROCESSES = 10;
const EACH = 10;

export type Docs = readonly (readonly [string, unknown])[];

/** What all the clients are told; the rest is worked out per process. */
export type SwarmOrder = Pick<TenClientsOrder, 'url' | 'seed' | 'how' | 'stores'> & {
  /** A folder for the logs. */
  readonly logs?: string;
};

/** A hundred clients: ten processes of ten. */
export class HundredClients {
  #processes: SwarmProcess[] = [];

  constructor(private readonly order: SwarmOrder) {}

  static readonly calls = PROCESSES * EACH * TIMES;

  /** Names of the clients of one process. */
  names(index: number): string[] {
    return Array.from({ length: EACH }, (_, client) => `client-${index}-${client}`);
  }

  /** What their logs say, whatever became of the processes: client and mark of what was called, and is durable. */
  noted(): { called: Set<string>; durable: Set<string> } {
    const noted = { called: new Set<string>(), durable: new Set<string>() };
    for (let index = 0; index < PROCESSES; index++) {
      const log = this.#logOf(index);
      if (log === undefined || !existsSync(log)) continue;
      for (const line of readFileSync(log, 'utf8').split('\n')) {
        const [what, name, mark] = line.split(' ');
        if (what === 'called' || what === 'durable') noted[what].add(`${name} ${mark}`);
      }
    }
    return noted;
  }

  /** Resolves when all are connected. `called`: how often a client has counted already. */
  async start(called: (client: string) => number = () => 0): Promise<void> {
    this.#processes = Array.from({ length: PROCESSES }, (_, index) => {
      const log = this.#logOf(index);
      const { url, seed, how, stores } = this.order;
      const order: TenClientsOrder = {
        ...{ url, how, seed: seed * PROCESSES + index },
        clients: this.names(index).map((name) => ({ name, called: called(name) })),
        ...(stores === undefined ? {} : { stores }),
        ...(log === undefined ? {} : { log }),
      };
      return new SwarmProcess(`clients-${index}`, join(__dirname, 'ten-clients.process.ts'), [
        JSON.stringify(order),
      ]);
    });
    await this.#all((process) => process.port.hear('ready'));
  }

  /** Lets them count. Resolves when all have, and all is confirmed. */
  async count(): Promise<Pushes> {
    for (const { port } of this.#processes) port.tell('go');
    const counts = await this.#all(async ({ port }) => {
      await port.hear('made');
      return port.hear<Pushes>('settled');
    });
    return {
      pushes: counts.reduce((sum, { pushes }) => sum + pushes, 0),
      stale: counts.reduce((sum, { stale }) => sum + stale, 0),
    };
  }

  /** Lets them count, and kills each process in the middle: when it has counted as often as `after` says. */
  async countAndKill(after: (index: number) => number): Promise<void> {
    for (const { port } of this.#processes) port.tell('go');
    await this.#all(async (process, index) => {
      for (let called = after(index); called > 0; called--) await process.port.hear('called');
      await process.end('SIGKILL');
    });
  }

  /** What every client holds once it has counted so far. */
  async agreed(total: number): Promise<Docs[]> {
    const all = await this.#all(({ port }) => {
      port.tell('expect', { total });
      return port.hear<{ docs: Docs[] }>('agreed');
    });
    return all.flatMap(({ docs }) => docs);
  }

  get cpu(): number {
    return this.#processes.reduce((sum, { cpu }) => sum + cpu, 0);
  }

  async end(): Promise<void> {
    await this.#all((process) => process.end());
  }

  #logOf(index: number): string | undefined {
    return this.order.logs && join(this.order.logs, `process-${index}.log`);
  }

  #all<T>(each: (process: SwarmProcess, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#processes.map((process, index) => each(process, index)));
  }
}
