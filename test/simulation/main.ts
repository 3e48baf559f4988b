import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { FAULT_NAMES, FAULTS, faultsNamed, type FaultName } from './faults';
import { shorten, simulate, SimulationError } from './simulate';

const USAGE = `npm run simulate -- [options]

Random histories of clients, links, disks, clocks and servers on virtual time; each is checked against what is
promised. A failing one is shortened to what a person can read.

  --runs N      how many histories (default 2000)
  --seed S      the seed of the first; seed S with --runs 1 replays a failing one exactly (default 1)
  --length L    steps in a history (default 40)
  --faults a,b  only these faults (default: some of all in each history)
  --jobs J      how many at once (default: one for each core, at most 8)
  --as-is       do not shorten a failing history
  --help        this text

Faults:
${FAULT_NAMES.map((name) => `  ${name.padEnd(15)} ${FAULTS[name]}`).join('\n')}`;

interface Share {
  readonly first: number;
  readonly step: number;
  readonly end: number;
  readonly length: number;
  readonly faults: readonly FaultName[];
  readonly asIs: boolean;
}

type Report =
  | { readonly commits: number; readonly faults: number }
  | { readonly seed: number; readonly what: string; readonly steps: readonly string[] }
  | { readonly broken: string };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      length: { type: 'string', default: '40' },
      faults: { type: 'string', default: FAULT_NAMES.join(',') },
      jobs: { type: 'string', default: String(Math.min(8, availableParallelism())) },
      'as-is': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const runs = wholeNumber('runs', values.runs);
  const seed = wholeNumber('seed', values.seed);
  const length = wholeNumber('length', values.length);
  const jobs = Math.min(runs, wholeNumber('jobs', values.jobs));
  const faults = faultsNamed(values.faults);
  const progress = new Progress(runs);
  const failure = await new Promise<Exclude<Report, { readonly commits: number }> | undefined>((done) => {
    let running = jobs;
    for (let i = 0; i < jobs; i++) {
      const share: Share = {
        first: seed + i,
        step: jobs,
        end: seed + runs,
        length,
        faults,
        asIs: values['as-is'],
      };
      const worker = new Worker(__filename, { workerData: share, execArgv: process.execArgv });
      worker.on('message', (report: Report) => {
        if ('commits' in report) progress.take(report);
        else done(report);
      });
      worker.on('error', (error) => {
        done({ broken: error.stack ?? error.message });
      });
      worker.on('exit', () => {
        if (--running === 0) done(undefined);
      });
    }
  });
  progress.end();
  if (failure === undefined) return;
  if ('broken' in failure) console.error(failure.broken);
  else {
    const { seed: failed, what, steps } = failure;
    const rest = [
      length === 40 ? '' : ` --length ${length}`,
      faults.length === FAULT_NAMES.length ? '' : ` --faults ${faults.join(',')}`,
    ].join('');
    console.error(
      `\nSeed ${failed}: ${what}\n\n${values['as-is'] ? 'The history:' : 'The shortest history that still fails:'}\n`,
    );
    console.error(steps.map((step) => `  ${step}`).join('\n'));
    console.error(`\nReplay it: npm run simulate -- --runs 1 --seed ${failed}${rest}`);
  }
  process.exit(1);
}

/** In a worker: every so many-th history. */
async function share({ first, step, end, length, faults, asIs }: Share): Promise<void> {
  const tell = (report: Report): void => {
    parentPort?.postMessage(report);
  };
  for (let seed = first; seed < end; seed += step) {
    try {
      tell(await simulate(seed, length, faults));
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error;
      const { what, steps } = asIs ? error : await shorten(error);
      tell({ seed, what, steps });
      return;
    }
  }
}

class Progress {
  readonly #began = performance.now();
  readonly #runs: number;
  #told = 0;
  #done = 0;
  #commits = 0;
  #faults = 0;

  constructor(runs: number) {
    this.#runs = runs;
  }

  take({ commits, faults }: { readonly commits: number; readonly faults: number }): void {
    this.#done++;
    this.#commits += commits;
    this.#faults += faults;
    const every = process.stdout.isTTY ? 20 : Math.max(50, Math.ceil(this.#runs / 20));
    if (this.#done % every === 0 || this.#done === this.#runs) this.#tell();
  }

  end(): void {
    if (this.#told !== this.#done) this.#tell();
    if (process.stdout.isTTY) process.stdout.write('\n');
  }

  #tell(): void {
    this.#told = this.#done;
    const perMinute = Math.round((this.#done / (performance.now() - this.#began)) * 60_000);
    const line = `${this.#done}/${this.#runs} histories, ${this.#faults} faults, ${this.#commits} commits, ${perMinute} histories a minute, all hold`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError(`--${name} takes a whole number from 1 up, not '${text}'. See --help.`);
}

(isMainThread ? main() : share(workerData as Share)).catch((error: unknown) => {
  if (!isMainThread) throw error;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
