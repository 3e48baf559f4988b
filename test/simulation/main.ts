import { parseArgs } from 'node:util';
import { simulate, SimulationError } from './simulate';

const USAGE = `npm run simulate -- [options]

Random histories of clients, links and servers on virtual time; each is checked against what is promised.

  --runs N     how many histories (default 2000)
  --seed S     the seed of the first; seed S with --runs 1 replays a failing one exactly (default 1)
  --length L   steps in a history (default 40)
  --help       this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      length: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const runs = wholeNumber('runs', values.runs);
  const first = wholeNumber('seed', values.seed);
  const length = wholeNumber('length', values.length);
  const began = performance.now();
  let commits = 0;
  for (let done = 0; done < runs; done++) {
    const outcome = await simulate(first + done, length);
    commits += outcome.commits;
    if (done % 50 === 49 || done + 1 === runs) progress(done + 1, runs, commits, began);
  }
  process.stdout.write('\n');
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError(`--${name} takes a whole number from 1 up, not '${text}'. See --help.`);
}

function progress(done: number, runs: number, commits: number, began: number): void {
  const perMinute = Math.round((done / (performance.now() - began)) * 60_000);
  const line = `${done}/${runs} histories, ${commits} commits, ${perMinute} histories a minute, all hold`;
  process.stdout.write(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
}

main().catch((error: unknown) => {
  if (error instanceof SimulationError) {
    console.error(`\n${error.message}\n\nReplay it: npm run simulate -- --runs 1 --seed ${error.seed}`);
  } else {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exitCode = 1;
});
