import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants';
import { runMutant, type Verdict } from './run-mutant';

const USAGE = `npm run test:mutants -- [options]

Plants one fault after the other in the packages' sources, as they are loaded, and runs the test that has to notice.
Fails when one is not noticed, or can no longer be planted.

  --only TEXT   those whose name has it
  --runs N      histories of the simulation that may pass before one is given up (default 600)
  --jobs J      how many at once (default: half of the cores)
  --json        the verdicts as JSON on the last line
  --help        this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      runs: { type: 'string', default: '600' },
      jobs: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { only } = values;
  const mutants = MUTANTS.filter(({ name }) => name.includes(only));
  if (mutants.length === 0) throw new TypeError(`No mutant is named '${only}'.`);
  const verdicts = await all(mutants, Number(values.runs), Number(values.jobs));
  const caught = verdicts.filter((verdict) => verdict.caught).length;
  console.log(`${caught} of ${verdicts.length} planted faults were caught`);
  if (values.json) console.log(JSON.stringify(verdicts));
  if (caught < verdicts.length) process.exitCode = 1;
}

async function all(mutants: readonly Mutant[], runs: number, jobs: number): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const rest = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = rest.shift(); mutant !== undefined; mutant = rest.shift()) {
      const verdict = await runMutant(mutant, runs);
      verdicts.push(verdict);
      console.log(line(verdict, verdicts.length, mutants.length));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return verdicts;
}

function line({ mutant, caught, by, runs, seconds, found }: Verdict, done: number, of: number): string {
  const what = found.split('\n', 1)[0]!.slice(0, 110);
  const head = `${String(done).padStart(2)}/${of} ${caught ? 'caught' : 'MISSED'}  ${mutant.name}`;
  return `${head}\n       by ${by}: ${runs} run${runs === 1 ? '' : 's'}, ${seconds.toFixed(1)} s: ${what}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
