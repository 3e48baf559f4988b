/*
 * What a live query costs when one doc changes among many:
 *
 *   npm run bench:views                             all sides; 1,000, 10,000 and 100,000 docs
 *   npm run bench:views -- rescan --docs 100000     this product and a scan
 *
 * A side is an entry in contenders.ts and a file in sides/.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { installPeers } from '../harness/install-peers';
import { readArguments, usage, type Order } from './arguments';
import { measure } from './measure';
import { rowsOf, table } from './report';

async function bench({ contenders, docs, runs, changes, json }: Order): Promise<void> {
  if (contenders.some(({ isPeer }) => isPeer)) installPeers(__dirname, 'npm run bench:views -- rescan');
  const machine = {
    node: process.version,
    cpus: cpus().length,
    model: cpus()[0]?.model,
    load: loadavg()[0]!,
  };
  console.log(`Node ${machine.node}, ${machine.cpus} × ${machine.model}; load ${machine.load.toFixed(2)}`);
  if (machine.load > 0.5)
    console.log('The machine is busy with something else: trust the ratios, not the figures.');
  for (const { title, how } of contenders) console.log(`${title}: ${how}`);
  const sizes: Record<number, unknown> = {};
  for (const count of docs) {
    const series = await measure({ contenders, docs: count, runs, changes, tell });
    tell('');
    const rows = rowsOf(series);
    console.log(
      `\n${count.toLocaleString('en')} docs, ${runs} runs: median (least–most)\n\n${table(rows, contenders)}`,
    );
    sizes[count] = {
      rows,
      runs: Object.fromEntries(Array.from(series, ([{ id }, measured]) => [id, measured])),
    };
  }
  if (json === undefined) return;
  writeFileSync(json, `${JSON.stringify({ machine, sizes }, undefined, 2)}\n`);
  console.log(`\n${json}`);
}

/** Overwrites the line where there is a terminal; elsewhere each step is a line of its own, on stderr. */
function tell(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${step}`);
  else if (step !== '') process.stderr.write(`${step}\n`);
}

const asked = readArguments(process.argv.slice(2));
if (asked.kind === 'help') {
  console.log(usage);
} else if (asked.kind === 'wrong') {
  console.error(`${asked.message}\n\n${usage}`);
  process.exitCode = 2;
} else {
  bench(asked).catch((error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}
