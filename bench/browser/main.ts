/*
 * How fast docs in a browser's IndexedDB are there after opening, and how fast an update is durable:
 *
 *   npm run bench:browser                          all sides
 *   npm run bench:browser -- atomsync --docs 1000  this product and the limit
 *
 * A side is an entry in contenders.ts and a page in pages/.
 */
import '../../test/swarm/production';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { BrowserStage } from '../../test/support/browser-stage';
import { findChromium } from '../../test/support/chromium';
import { installPeers } from '../harness/install-peers';
import { readArguments, usage, type Order } from './arguments';
import { measure } from './measure';
import { rowsOf, table } from './report';

async function bench({ contenders, docs, runs, json }: Order): Promise<void> {
  const chromium = findChromium();
  if (chromium.kind === 'missing') throw new Error(chromium.message);
  if (contenders.some(({ isPeer }) => isPeer)) installPeers(__dirname, 'npm run bench:browser -- atomsync');
  const stage = await BrowserStage.open(chromium.path, { pages: join(__dirname, 'pages'), production: true });
  try {
    const machine = {
      chromium: stage.version,
      cpus: cpus().length,
      model: cpus()[0]?.model,
      load: loadavg()[0]!,
    };
    console.log(
      `Chromium ${machine.chromium}, ${machine.cpus} × ${machine.model}; load ${machine.load.toFixed(2)}`,
    );
    if (machine.load > 0.5)
      console.log('The machine is busy with something else: trust the ratios, not the figures.');
    for (const { title, how } of contenders) console.log(`${title}: ${how}`);
    console.log(`\n${docs.toLocaleString('en')} docs, ${runs} runs: median (least–most)\n`);
    const series = await measure(stage, { contenders, docs, runs, tell });
    tell('');
    const rows = rowsOf(series);
    console.log(table(rows, contenders));
    if (json === undefined) return;
    const all = Object.fromEntries(Array.from(series, ([{ id }, measured]) => [id, measured]));
    writeFileSync(json, `${JSON.stringify({ machine, docs, rows, runs: all }, undefined, 2)}\n`);
    console.log(`\n${json}`);
  } finally {
    await stage.endTest().finally(() => stage.close());
  }
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
