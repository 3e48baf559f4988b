/*
 * What it costs that all write to one doc:
 *
 *   node --require @swc-node/register test/swarm/hot-doc.ts [--runs 5] [--times 100] [--seconds 10]
 *
 * 1. Commits per second of 50 clients that swap one doc with a named swap which the server runs, beside 50
 *    clients on 50 docs. It should be at most twice as slow.
 * 2. How a slow client fares on one hot doc with plain functions, among nine fast ones.
 */
process.env['NODE_ENV'] ??= 'production';
import { parseArgs } from 'node:util';
import { summary } from '../../bench/harness/statistics';
import { fairness } from './fairness';
import { HotClients, type Throughput } from './hot-clients';

const CLIENTS = 50;
const AT_MOST = 2;

async function hotDoc(runs: number, times: number): Promise<boolean> {
  const clients = await HotClients.start(CLIENTS);
  try {
    const hot = Array.from({ length: CLIENTS }, () => 'n');
    const apart = hot.map((_, client) => `n-${client}`);
    const all: Record<'one' | 'many', Throughput[]> = { one: [], many: [] };
    await clients.count(apart, times);
    for (let run = 0; run < runs; run++) {
      all.many.push(await clients.count(apart, times));
      all.one.push(await clients.count(hot, times));
    }
    const ratio = summary(all.many.map(({ rate }, run) => rate / all.one[run]!.rate));
    console.log(`${CLIENTS} clients, ${times} swaps each, ${runs} runs: commits per second (min to max)`);
    tell('one doc', all.one);
    tell('50 docs', all.many);
    console.log(
      `  ratio     ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}), at most ${AT_MOST}`,
    );
    return ratio.median <= AT_MOST;
  } finally {
    await clients.end();
  }
}

function tell(what: string, runs: readonly Throughput[]): void {
  const rate = summary(runs.map((run) => run.rate));
  const server = summary(runs.map((run) => run.serverCpu));
  const clients = summary(runs.map((run) => run.clientCpu));
  console.log(
    `  ${what}   ${rate.median.toFixed(0)} (${rate.min.toFixed(0)} to ${rate.max.toFixed(0)}); CPU per commit: ` +
      `server ${(server.median * 1e6).toFixed(0)} µs, each client ${((clients.median / CLIENTS) * 1e6).toFixed(1)} µs`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      times: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const passed = await hotDoc(Number(values.runs), Number(values.times));
  console.log(await fairness(Number(values.seconds)));
  process.exitCode = passed ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
