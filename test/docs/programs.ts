import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Block } from './blocks';
import { toJavaScript } from './compile';
import { ROOT } from './pages';

/** What a program came to: the blocks whose last statement it reached, and what went wrong, if anything. */
interface Outcome {
  readonly reached: readonly string[];
  readonly fault: string;
}

/** Blocks that continue each other, to be run once: what the last of them is runs all of them. */
type Chain = readonly Block[];

/** Runs blocks as programs of their own, while this process does something else. */
export class Programs {
  readonly #modules: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'atomsync-docs-'));
  readonly #outcomes = new Map<string, Promise<Outcome>>();
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
    const jobs = lanes.map((lane) =>
      chainsOf(lane).map((chain) => {
        const job = this.#write(chain, portOf(chain.at(-1)!));
        const outcome = new Promise<Outcome>((done) => told.set(job.file, done));
        for (const { title } of chain) this.#outcomes.set(title, outcome);
        return job;
      }),
    );
    const list = join(this.#modules, 'lanes.json');
    writeFileSync(list, JSON.stringify(jobs));
    this.#runner = spawn(process.execPath, [join(__dirname, 'run-programs.mjs'), list], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#runner.stdout! }).on('line', (line) => {
      const { file, ...outcome } = JSON.parse(line) as Outcome & { readonly file: string };
      told.get(file)!(outcome);
    });
    this.#runner.once('exit', () => {
      for (const tell of told.values()) tell({ reached: [], fault: 'It was never run.' });
    });
  }

  /** What went wrong in a block, or nothing. */
  async faultOf({ title, continues }: Block): Promise<string> {
    const { reached, fault } = await this.#outcomes.get(title)!;
    if (reached.includes(title)) return '';
    if (continues && !reached.includes(continues.title))
      return `It continues ${continues.title}, which fails.`;
    return fault || 'It ended before its last statement.';
  }

  dispose(): void {
    this.#runner.kill('SIGKILL');
    rmSync(this.#modules, { recursive: true, force: true });
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** A program ends when its last statement has; open sockets do not keep it. */
  #write(chain: Chain, port: number): { file: string; reached: string; cwd: string } {
    const { fileName } = chain.at(-1)!;
    const marked = chain.map(({ title, own }) => `${own}\n;globalThis.reached(${JSON.stringify(title)});`);
    const { name, code } = toJavaScript(fileName, atPort(marked.join('\n'), port));
    const file = join(this.#modules, `${name}.run.mjs`);
    const reached = join(this.#modules, `${name}.reached`);
    writeFileSync(join(this.#modules, name), code);
    writeFileSync(reached, '');
    writeFileSync(
      file,
      [
        `import { appendFileSync } from 'node:fs';`,
        `globalThis.reached = (title) => appendFileSync(${JSON.stringify(reached)}, title + '\\n');`,
        `await import('./${name}');`,
        `process.exit(0);`,
      ].join('\n'),
    );
    return { file, reached, cwd: mkdtempSync(join(this.#home, 'run-')) };
  }
}

/** Each block that no other one continues, behind those that it continues. */
function chainsOf(blocks: readonly Block[]): Chain[] {
  const continued = new Set(blocks.map(({ continues }) => continues));
  const chain = (block: Block): Block[] => [...(block.continues ? chain(block.continues) : []), block];
  return blocks.filter((block) => !continued.has(block)).map(chain);
}

function atPort(code: string, port: number): string {
  return code.replaceAll('localhost:8090', `127.0.0.1:${port}`).replaceAll('listen(8090)', `listen(${port})`);
}
