/*
 * How fast it is, and how far from the least that any program must do on this machine:
 *
 *   npm run bench                     all workloads
 *   npm run bench -- w3 --runs 5      one of them
 *
 * A workload is one file in workloads/, a side of the comparison one in contenders/ (the limit has a folder).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { readArguments, usage, type Order } from './arguments';
import { contenders } from './contenders';
import { atomsync } from './contenders/atomsync';
import { measure } from './harness/measure';
import { rowsOf, table } from './harness/report';
import { limit } from './limit/limit';
import { workloads } from './workloads';

const RESULTS = join(__dirname, 'results');

async function bench({ workloads: chosen, runs, scale, profile }: Order): Promise<void> {
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
  for (const { title, promises } of contenders) console.log(`${title}: ${promises}`);

  const results: Record<string, unknown> = {};
  for (const workload of chosen) {
    console.log(`\n${workload.id}  ${workload.title}`);
    const series = await measure(workload, contenders, {
      runs,
      scale,
      profiles: profile ? join(RESULTS, 'profiles', stamp) : undefined,
      onRun: ({ title }, run) => {
        if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K  run ${run + 1} of ${runs}: ${title}`);
      },
    });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
    const rows = rowsOf(workload, series, atomsync, limit);
    console.log(table(rows));
    results[workload.id] = {
      rows,
      runs: Object.fromEntries(Array.from(series, ([{ id }, all]) => [id, all])),
    };
  }

  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${stamp}.json`);
  writeFileSync(file, `${JSON.stringify({ at: stamp, machine, scale, workloads: results }, undefined, 2)}\n`);
  console.log(`\n${relative(process.cwd(), file)}`);
}

const asked = readArguments(process.argv.slice(2), workloads);
if (asked.kind === 'help') {
  console.log(usage(workloads));
} else if (asked.kind === 'wrong') {
  console.error(`${asked.message}\n\n${usage(workloads)}`);
  process.exitCode = 2;
} else {
  bench(asked).catch((error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}
