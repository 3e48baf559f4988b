import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Verdict } from '../mutants/run-mutant';
import { fuzz } from './fuzz/fuzz';
import { TARGETS } from './fuzz/targets';
import { GUARANTEES, type Guarantee, type Proof } from './guarantees';
import { killLoop } from './kill/kill-loop';
import { describeLoad, load } from './load/load';
import { POWER } from './power/power';
import { cannotRecord, cutPower, record } from './power/power-cuts';

const ROOT = resolve(__dirname, '../..');

const USAGE = `npm run guarantees -- [options]

Runs all that proves the guarantees of docs/GUARANTEES.md, and prints a table of them. Fails when one does not hold.

  --long       for hours, in place of minutes
  --share N    N percent of the usual amount (default 100)
  --only a,b   of simulation, kill, link, power, load, fuzz, tests, mutants (default: all)
  --help       this text`;

/** How much of each is run. */
interface Amounts {
  readonly histories: number;
  readonly kills: number;
  readonly disturbances: number;
  readonly cuts: number;
  readonly writes: number;
  readonly connections: number;
  readonly inputs: number;
  readonly mutantRuns: number;
}

const USUAL: Amounts = {
  histories: 3_000,
  kills: 20,
  disturbances: 60,
  cuts: 100,
  writes: 300,
  connections: 2_000,
  inputs: 20_000,
  mutantRuns: 600,
};
const LONG: Amounts = {
  histories: 500_000,
  kills: 1_000,
  disturbances: 5_000,
  cuts: 5_000,
  writes: 3_000,
  connections: 4_500,
  inputs: 3_000_000,
  mutantRuns: 3_000,
};

/** What a proof came to. */
interface Result {
  readonly runs: number;
  readonly faults: number;
  readonly violations: readonly string[];
  /** Why it was not run. */
  readonly skipped?: string | undefined;
}

const say = (line: string): void => {
  console.log(`  ${line}`);
};

const PROOFS: Readonly<Record<Proof, (amounts: Amounts) => Promise<Result>>> = {
  async simulation({ histories }) {
    const args = ['--require', '@swc-node/register', join(ROOT, 'test/simulation/main.ts')];
    const { code, said } = await run([...args, '--runs', String(histories)], (line) => {
      if (line.includes('histories,')) say(line);
    });
    const [, runs, faults] = [...said.matchAll(/^(\d+)\/\d+ histories, (\d+) faults/gm)].at(-1) ?? [];
    return {
      runs: Number(runs ?? 0),
      faults: Number(faults ?? 0),
      violations: code === 0 ? [] : [said.slice(said.indexOf('\nSeed ')).trim()],
    };
  },
  kill: ({ kills }) => loop(kills, false),
  link: ({ disturbances }) => loop(disturbances, true),
  async power({ cuts, writes }) {
    const reason = cannotRecord();
    if (reason !== undefined) return { runs: 0, faults: 0, violations: [], skipped: reason };
    const violations: string[] = [];
    for (const { name, program, look, unsynced } of POWER) {
      violations.push(...(await cutPower(await record(program, writes), cuts, look)));
      say(`${name}: ${cuts} power cuts`);
      const seen = await cutPower(await record(program, writes, unsynced), cuts, look);
      say(`${name}, not synced: ${seen.length} of ${cuts} power cuts are noticed`);
      if (seen.length === 0) violations.push(`${name}: nothing is noticed where nothing is synced`);
    }
    return { runs: POWER.length * cuts, faults: POWER.length * cuts, violations };
  },
  async load({ connections }) {
    const figures = await load(connections, say);
    say(describeLoad(figures));
    return { runs: connections, faults: connections, violations: figures.violations };
  },
  fuzz({ inputs }) {
    const violations: string[] = [];
    for (const [name, target] of Object.entries(TARGETS)) {
      const { crashers, ways } = fuzz(target, inputs);
      say(`${name}: ${inputs} inputs, read or refused in ${ways} ways`);
      for (const { input, error } of crashers)
        violations.push(`${name}: ${Buffer.from(input).toString('hex')}: ${error}`);
    }
    const runs = inputs * Object.keys(TARGETS).length;
    return Promise.resolve({ runs, faults: runs, violations });
  },
};

async function loop(cycles: number, network: boolean): Promise<Result> {
  const { kills, stops, disturbances, accepted, violations } = await killLoop({
    cycles,
    network,
    progress: say,
  });
  say(`${kills} kills, ${stops} stops, ${disturbances} disturbances, ${accepted} acknowledged moves`);
  return { runs: accepted, faults: kills + stops + disturbances, violations };
}

/** Runs the named test files; the results by file. */
async function tests(): Promise<Map<string, Result>> {
  const folder = mkdtempSync(join(tmpdir(), 'atomsync-tests-'));
  try {
    const report = join(folder, 'report.json');
    const files = [...new Set(GUARANTEES.flatMap((guarantee) => guarantee.tests))];
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    await run([jest, '--json', `--outputFile=${report}`, '--forceExit', ...files], () => undefined);
    interface Report {
      readonly testResults: readonly {
        readonly name: string;
        readonly message: string;
        readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
      }[];
    }
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const found = new Map<string, Result>();
    for (const { name, message, assertionResults } of testResults) {
      const failed = assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => fullName);
      const violations = assertionResults.length === 0 ? [message] : failed;
      found.set(relative(ROOT, name), { runs: assertionResults.length, faults: 0, violations });
    }
    for (const file of files)
      if (!found.has(file)) found.set(file, { runs: 0, faults: 0, violations: [`${file} did not run`] });
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function mutants(runs: number): Promise<Verdict[]> {
  const args = ['--require', '@swc-node/register', join(ROOT, 'test/mutants/main.ts'), '--json'];
  const { said } = await run([...args, '--runs', String(runs)], (line) => {
    if (!line.startsWith('[')) say(line.trim());
  });
  const json = said
    .trim()
    .split('\n')
    .find((line) => line.startsWith('[{'));
  if (json === undefined) throw new Error(`The mutants did not run:\n${said}`);
  return JSON.parse(json) as Verdict[];
}

async function run(
  args: readonly string[],
  hear: (line: string) => void,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let told = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (let end = said.indexOf('\n', told); end >= 0; end = said.indexOf('\n', told)) {
        hear(said.slice(told, end));
        told = end + 1;
      }
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      long: { type: 'boolean', default: false },
      share: { type: 'string', default: '100' },
      only: { type: 'string', default: [...Object.keys(PROOFS), 'tests', 'mutants'].join(',') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const share = Number(values.share) / 100;
  if (!(share > 0)) throw new TypeError(`--share takes a number above 0, not '${values.share}'.`);
  const amounts = Object.fromEntries(
    Object.entries(values.long ? LONG : USUAL).map(([name, amount]) => [
      name,
      Math.max(1, Math.round((amount as number) * share)),
    ]),
  ) as unknown as Amounts;
  const only = values.only.split(',');
  const results = new Map<string, Result>();
  for (const [name, prove] of Object.entries(PROOFS)) {
    if (!only.includes(name)) continue;
    console.log(name);
    results.set(name, await prove(amounts));
  }
  if (only.includes('tests')) {
    console.log('tests');
    for (const [file, result] of await tests()) results.set(file, result);
  }
  let verdicts: readonly Verdict[] = [];
  if (only.includes('mutants')) {
    console.log('mutants');
    verdicts = await mutants(amounts.mutantRuns);
  }
  report(results, verdicts);
}

function report(results: ReadonlyMap<string, Result>, verdicts: readonly Verdict[]): void {
  const rows = GUARANTEES.map((guarantee) => row(guarantee, results, verdicts));
  const head = ['', 'guarantee', 'proved by', 'runs', 'faults', 'violations', 'mutants caught'];
  const cells = [head, ...rows.map(({ shown }) => shown)];
  const widths = head.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  console.log();
  for (const line of cells) {
    const padded = line.map((cell, column) =>
      column === 1 || column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    console.log(padded.join('  '));
  }
  for (const [name, { skipped, violations }] of results) {
    if (skipped !== undefined) console.log(`\nSkipped: ${name}, because ${skipped}.`);
    for (const violation of violations) console.log(`\n${name}: ${violation}`);
  }
  for (const { mutant, caught, found } of verdicts)
    if (!caught) console.log(`\nnot caught: ${mutant.name}: ${found}`);
  const held = rows.filter(({ holds }) => holds).length;
  console.log(`\n${held} of ${rows.length} guarantees hold`);
  if (held < rows.length) process.exitCode = 1;
}

function row(
  { number, title, proofs, tests: files }: Guarantee,
  results: ReadonlyMap<string, Result>,
  verdicts: readonly Verdict[],
): { readonly shown: readonly string[]; readonly holds: boolean } {
  const found = [...proofs, ...files].flatMap((name) => results.get(name) ?? []);
  const planted = verdicts.filter(({ mutant }) => mutant.breaks.includes(number));
  const caught = planted.filter((verdict) => verdict.caught).length;
  const sum = (of: (result: Result) => number): number =>
    found.reduce((total, result) => total + of(result), 0);
  const violations = sum((result) => result.violations.length);
  const tested = found.length === 0 ? 'nothing was run' : [...proofs, 'tests'].join(', ');
  return {
    shown: [
      ...[
        String(number),
        title,
        tested,
        String(sum(({ runs }) => runs)),
        String(sum(({ faults }) => faults)),
      ],
      ...[String(violations), planted.length === 0 ? '' : `${caught}/${planted.length}`],
    ],
    holds: found.length > 0 && violations === 0 && caught === planted.length,
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
