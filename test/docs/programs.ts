import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Block } from './blocks';
import { toJavaScript } from './compile';
import { ROOT } from './pages';

/** Blocks that continue each other: the code of the last one is that of all of them. */
type Chain = readonly Block[];

/** What became of the programs of one process. */
interface Outcome {
  /** The blocks whose last statement was reached. */
  readonly reached: readonly string[];
  /** What went wrong in single programs, by the block each ends with. */
  readonly faults: Readonly<Record<string, string>>;
  /** What ended the process before its time, and all it said; empty where nothing did. */
  readonly end: string;
}

interface Job {
  readonly id: string;
  readonly programs: readonly { readonly last: string; readonly file: string; readonly cwd: string }[];
}

/**
 * Runs blocks, while this process does something else. Each is a module of its own and begins in an empty folder; those of
 * a page run one after the other in one process, which thus loads the packages once.
 */
export class Programs {
  readonly #modules: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'atomsync-docs-'));
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #lastOfJobs = new Set<string>();
  readonly #runner: ChildProcess;

  /**
   * @param lanes blocks that run one after the other, side by side with those of the other lanes
   * @param portOf where what is at `localhost:8090` on the page is in truth
   */
  constructor(lanes: readonly (readonly Block[])[], portOf: (block: Block) => number) {
    // Inside the workspace, so that the packages are found by their names.
    mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
    this.#modules = mkdtempSync(join(ROOT, 'node_modules/.cache/docs-'));
    const told = new Map<string, (outcome: Outcome) => void>();
    const jobs = lanes.map((lane, at) =>
      byPage(chainsOf(lane)).map((chains): Job => {
        const id = `${at} ${pageOf(chains[0]!)}`;
        const outcome = new Promise<Outcome>((done) => told.set(id, done));
        this.#lastOfJobs.add(chains.at(-1)!.at(-1)!.title);
        for (const { title } of chains.flat()) this.#outcomes.set(title, outcome);
        return { id, programs: chains.map((chain) => this.#write(chain, portOf(chain.at(-1)!))) };
      }),
    );
    const list = join(this.#modules, 'lanes.json');
    writeFileSync(list, JSON.stringify(jobs));
    this.#runner = spawn(process.execPath, [join(__dirname, 'run-programs.mjs'), list], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#runner.stdout! }).on('line', (line) => {
      const { id, ...outcome } = JSON.parse(line) as Outcome & { readonly id: string };
      told.get(id)!(outcome);
    });
    this.#runner.once('close', () => {
      for (const tell of told.values()) tell({ reached: [], faults: {}, end: 'It was never run.' });
    });
  }

  /** What went wrong in a block, or nothing. */
  async faultOf({ title, continues }: Block): Promise<string> {
    const { reached, faults, end } = await this.#outcomes.get(title)!;
    // What ends the process when its last block is through is something that one has left behind.
    if (reached.includes(title)) return faults[title] ?? (this.#lastOfJobs.has(title) ? end : '');
    if (continues && !reached.includes(continues.title))
      return `It continues ${continues.title}, which fails.`;
    return Object.values(faults).join('\n') || end || 'It ended before its last statement.';
  }

  dispose(): void {
    this.#runner.kill('SIGTERM');
    rmSync(this.#modules, { recursive: true, force: true });
    rmSync(this.#home, { recursive: true, force: true });
  }

  #write(chain: Chain, port: number): Job['programs'][number] {
    const { fileName, title } = chain.at(-1)!;
    const marked = chain.map(({ title, own }) => `${own}\n;globalThis.reached(${JSON.stringify(title)});`);
    const { name, code } = toJavaScript(fileName, atPort(marked.join('\n'), port));
    const file = join(this.#modules, name);
    writeFileSync(file, code);
    return { last: title, file, cwd: mkdtempSync(join(this.#home, 'run-')) };
  }
}

function byPage(chains: readonly Chain[]): Chain[][] {
  const pages = [...new Set(chains.map(pageOf))];
  return pages.map((page) => chains.filter((chain) => pageOf(chain) === page));
}

const pageOf = (chain: Chain): string => chain[0]!.title.replace(/:\d+$/, '');

/** Each block that no other one continues, behind those that it continues. */
function chainsOf(blocks: readonly Block[]): Chain[] {
  const continued = new Set(blocks.map(({ continues }) => continues));
  const chain = (block: Block): Block[] => [...(block.continues ? chain(block.continues) : []), block];
  return blocks.filter((block) => !continued.has(block)).map(chain);
}

function atPort(code: string, port: number): string {
  return code.replaceAll('localhost:8090', `127.0.0.1:${port}`).replaceAll('listen(8090)', `listen(${port})`);
}
