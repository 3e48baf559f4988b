/*
 * How fast it is, and how far from the least that any program must do on this machine, and beside peers:
 *
 *   npm run bench                             a quick run of all workloads, beside the limit
 *   npm run bench -- w3 --peers --runs 5      one of them, beside peers as well
 *   npm run bench -- --check                  what is to be reached, and whether it is
 *
 * A workload is one file in workloads/, a side of the comparison an entry in contenders/ (the limit has a folder), with
 * a module for each face that the workloads ask for (faces/).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { readArguments, usage, type Order } from './arguments';
import { contenders } from './contenders';
import { check } from './harness/check';
import { installPeers } from './harness/install-peers';
import { measure } from './harness/measure';
import { rowsOf, table, type Row } from './harness/report';
import type { Workload } from './workload';
import { workloads } from './workloads';

const RESULTS = join(__dirname, 'results');

async function bench(order: Order): Promise<boolean> {
  const { workloads: chosen, runs, scale, profile, peers } = order;
  const taking = contenders.filter(({ isPeer = false }) => peers || !isPeer);
  if (peers) installPeers(__dirname, 'npm run bench');
  const stamp = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const machine = {
    node: process.version,
    cpus: cpus().length,
    model: cpus()[0]?.model,
    load: loadavg()[0]!,
  };
  console.log(`Node ${machine.node}, ${machine.cpus} × ${machine.model}; load ${machine.load.toFixed(2)}`);
  if (machine.load > 0.5)
    console.log('The machine is busy with something else: trust the ratios, not the figures.');
  for (const { id, title, promises } of taking) console.log(`${id}: ${title}. ${promises}`);

  const measured = new Map<Workload, readonly Row[]>();
  const results: Record<string, unknown> = {};
  const profiles = profile ? join(RESULTS, 'profiles', stamp) : undefined;
  // Beside the profiles what was measured with them: no report finds it there.
  const file = join(profiles ?? RESULTS, `${stamp}.json`);
  mkdirSync(dirname(file), { recursive: true });
  for (const workload of chosen) {
    console.log(`\n${workload.id}  ${workload.title}`);
    const series = await measure(workload, taking, {
      ...{ runs, scale, profiles },
      onRun: ({ title }, run) => tell(`  run ${run + 1} of ${runs}: ${title}`),
    });
    tell('');
    const rows = rowsOf(workload, series);
    console.log(table(rows));
    measured.set(workload, rows);
    results[workload.id] = {
      title: workload.title,
      contenders: Array.from(series.keys(), ({ id, title, promises }) => ({ id, title, promises })),
      rows,
      runs: Object.fromEntries(Array.from(series, ([{ id }, all]) => [id, all])),
    };
    const all = { at: stamp, machine, scale, pairs: runs, workloads: results };
    writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
  }
  console.log(`\n${relative(process.cwd(), file)}`);
  if (!order.check) return true;
  const { lines, short, noisy } = check(measured);
  console.log(`\n${lines.join('\n')}`);
  console.log(`\n${short.length} fall short${short.map((name) => `\n  ${name}`).join('')}`);
  if (noisy.length > 0)
    console.log(`${noisy.length} too noisy to say${noisy.map((name) => `\n  ${name}`).join('')}`);
  return short.length === 0;
}

/** Overwrites the line where there is a terminal; elsewhere each step is a line of its own, on stderr. */
function tell(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${step}`);
  else if (step !== '') process.stderr.write(`${step}\n`);
}

const asked = readArguments(process.argv.slice(2), workloads);
if (asked.kind === 'help') {
  console.log(usage(workloads));
} else if (asked.kind === 'wrong') {
  console.error(`${asked.message}\n\n${usage(workloads)}`);
  process.exitCode = 2;
} else {
  bench(asked).then(
    (passed) => {
      if (!passed) process.exitCode = 1;
    },
    (error: unknown) => {
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    },
  );
}
