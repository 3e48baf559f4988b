/*
 * What it costs that all write to one doc:
 *
 *   node --require @swc-node/register test/swarm/hot-doc.ts [--runs 3] [--times 40] [--seconds 10]
 *
 * 1. Commits per second of 50 clients that swap one doc with a named swap which the server runs, beside 50
 *    clients on 50 docs. It should be at most twice as slow.
 * 2. How a slow client fares on one hot doc with plain functions, among nine fast ones.
 */
import './production';
import { parseArgs } from 'node:util';
import { summary } from '../../bench/harness/statistics';
import { fairness } from './fairness';
import { HotClients, type Throughput } from './hot-clients';

const CLIENTS = 50;
const AT_MOST = 2;
/** How far each client writes ahead: one at a time, and a burst that shares its pushes. */
const AHEAD = [1, 10];

interface Comparison {
  readonly runs: number;
  readonly times: number;
  readonly ahead: number;
}

async function hotDoc(runs: number, times: number): Promise<boolean> {
  const clients = await HotClients.start(CLIENTS);
  try {
    console.log(`${CLIENTS} clients, ${times} swaps each, ${runs} runs: commits per second (min to max)`);
    const ratios: number[] = [];
    for (const ahead of AHEAD) ratios.push(await compare(clients, { runs, times, ahead }));
    return ratios.every((ratio) => ratio <= AT_MOST);
  } finally {
    await clients.end();
  }
}

async function compare(clients: HotClients, { runs, ...order }: Comparison): Promise<number> {
  const one = { ...order, keys: Array.from({ length: CLIENTS }, () => 'n') };
  const many = { ...order, keys: Array.from({ length: CLIENTS }, (_, client) => `n-${client}`) };
  const onOne: Throughput[] = [];
  const onMany: Throughput[] = [];
  await clients.count(many);
  for (let run = 0; run < runs; run++) {
    onMany.push(await clients.count(many));
    onOne.push(await clients.count(one));
  }
  const ratio = summary(onMany.map(({ rate }, run) => rate / onOne[run]!.rate));
  console.log(`  each at most ${order.ahead} ahead of what is confirmed`);
  tell('one doc', onOne);
  tell('50 docs', onMany);
  console.log(
    `    ratio     ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}), at most ${AT_MOST}`,
  );
  return ratio.median;
}

function tell(what: string, runs: readonly Throughput[]): void {
  const rate = summary(runs.map((run) => run.rate));
  const server = summary(runs.map((run) => run.serverCpu));
  const clients = summary(runs.map((run) => run.clientCpu));
  console.log(
    `    ${what}   ${rate.median.toFixed(0)} (${rate.min.toFixed(0)} to ${rate.max.toFixed(0)}); CPU per commit: ` +
      `server ${(server.median * 1e6).toFixed(0)} µs, each client ${((clients.median / CLIENTS) * 1e6).toFixed(1)} µs`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      times: { type: 'string', default: '40' },
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
