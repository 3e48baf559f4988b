import { parseArgs } from 'node:util';
import { missingPrograms } from './own-servers';
import { FAULTS, soak, TICK, type Fault } from './soak';

const USAGE = `npm run soak -- [options]

Writers and readers on several gateways, on a PostgreSQL and a Redis of their own on this machine, while gateways are
killed and servers crash. In the end every swap must have counted once, the bank must have its total, and every commit
must have been told to a handler.

  --gateways N   how many gateways (default 3)
  --clients N    counters, and as many tellers (default 8)
  --seconds N    for how long they write (default 60)
  --faults a,b   which faults, in turn (default: all): ${FAULTS.join(', ')}
  --every N      seconds between two faults (default 5)
  --seed S       of what is written, and of who is killed (default 1)
  --help         this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      gateways: { type: 'string', default: '3' },
      clients: { type: 'string', default: '8' },
      seconds: { type: 'string', default: '60' },
      faults: { type: 'string', default: FAULTS.join(',') },
      every: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const missing = missingPrograms();
  if (missing.length > 0) throw new Error(`Install PostgreSQL and Redis: ${missing.join(', ')} are missing.`);
  const named = faultsNamed(values.faults);
  const seconds = wholeNumber('seconds', values.seconds);
  const count = Math.max(0, Math.ceil(seconds / wholeNumber('every', values.every)) - 1);
  const began = performance.now();
  const elapsed = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const { wrong, ...counts } = await soak({
    gateways: wholeNumber('gateways', values.gateways),
    clients: wholeNumber('clients', values.clients),
    ticks: Math.ceil((seconds * 1000) / TICK),
    seed: wholeNumber('seed', values.seed),
    faults: Array.from(
      { length: named.length === 0 ? 0 : count },
      (_, index) => named[index % named.length]!,
    ),
    note: (what) => console.log(`${elapsed()}  ${what}`),
  });
  console.log(`${elapsed()}  ${JSON.stringify(counts)}`);
  for (const what of wrong) console.error(what);
  console.log(wrong.length === 0 ? 'All holds.' : `${wrong.length} things do not hold.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

function faultsNamed(text: string): Fault[] {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !(FAULTS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`There is no fault ${JSON.stringify(unknown)}; see --help.`);
  return names as Fault[];
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} is a whole number above 0, not ${JSON.stringify(text)}.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
