import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwarmProcess } from '../swarm/swarm-process';
import { Balancer } from './balancer';

/** What a gateway process is told. */
export interface GatewayOrder {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** The file it notes what it was told of. */
  readonly told: string;
}

interface Running {
  readonly child: SwarmProcess;
  readonly port: number;
}

const TRIES = 20;
const PROGRAM = join(__dirname, 'gateway.process.ts');

/** Several gateways on the same data, each a process, behind one address. */
export class Gateways {
  readonly #replaced = new Map<number, Promise<void>>();
  readonly #running: Map<number, Running>;

  private constructor(
    private readonly folder: string,
    private readonly order: GatewayOrder,
    private readonly balancer: Balancer,
    live: Map<number, Running>,
  ) {
    this.#running = live;
  }

  static async start(
    count: number,
    servers: Pick<GatewayOrder, 'databaseUrl' | 'redisUrl'>,
  ): Promise<Gateways> {
    const folder = await mkdtemp(join(tmpdir(), 'atomsync-gateways-'));
    const live = new Map<number, Running>();
    const balancer = await Balancer.start(() => Array.from(live.values(), ({ port }) => port));
    const gateways = new Gateways(folder, { ...servers, told: join(folder, 'told') }, balancer, live);
    await Promise.all(Array.from({ length: count }, (_, index) => gateways.#start(index)));
    return gateways;
  }

  /** The address in front of all. */
  get url(): string {
    return this.balancer.url;
  }

  /** The HTTP address of one. */
  http(index: number): string {
    return `http://127.0.0.1:${this.#running.get(index)!.port}`;
  }

  /** The WebSocket address of one. */
  urlOf(index: number): string {
    return `ws://127.0.0.1:${this.#running.get(index)!.port}/sync`;
  }

  /** Ends a gateway and starts it again. SIGTERM lets it close its connections, SIGKILL does not. */
  replace(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const before = this.#replaced.get(index) ?? Promise.resolve();
    const replaced = before.then(() => this.#end(index, signal)).then(() => this.#start(index));
    this.#replaced.set(index, replaced);
    return replaced;
  }

  /** As a supervisor does: again, where PostgreSQL was away. */
  async #start(index: number): Promise<void> {
    for (let tries = 1; ; tries++) {
      const child = new SwarmProcess(`gateway ${index}`, PROGRAM, [JSON.stringify(this.order)]);
      try {
        const { port } = await child.port.hear<{ port: number }>('listening');
        this.#running.set(index, { child, port });
        return;
      } catch (error) {
        if (tries >= TRIES || !String(error).includes('DATABASE_UNUSABLE')) throw error;
      }
    }
  }

  async #end(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running.get(index);
    this.#running.delete(index);
    await running?.child.end(signal);
  }

  /** The versions of the counter that handlers were told of, as `[behind, through]`, in the order of the calls. */
  async told(): Promise<(readonly [number, number])[]> {
    const lines = (await readFile(this.order.told, 'utf8').catch(() => '')).trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => line.split(' ').map(Number) as [number, number]);
  }

  async dispose(): Promise<void> {
    await this.balancer.close();
    await Promise.all([...this.#running.keys()].map((index) => this.#end(index, 'SIGKILL')));
    await rm(this.folder, { recursive: true, force: true });
  }
}
