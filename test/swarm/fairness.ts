import {
  openAtomSync,
  syncedValue,
  webSocketTransport,
  type AtomSync,
  type SyncedValue,
} from '@atomsync/client';
import { nodeWebSocket } from '@atomsync/client/node';
import { filter, firstValueFrom } from 'rxjs';
import { ServerProcess } from '../support/server-process';
import { quantile } from '../../bench/harness/statistics';
import { farAway } from './far-away';

/** Round trips, in milliseconds. */
const FAST = 2;
const SLOW = 200;
const FAST_CLIENTS = 9;

interface Swapped {
  readonly milliseconds: number;
  readonly rebased: number;
}

/** How a slow client fares on one doc with plain functions among fast ones that swap without a pause. */
export async function fairness(seconds: number): Promise<string> {
  const server = await ServerProcess.start();
  const clients = Array.from({ length: FAST_CLIENTS + 1 }, (_, index): [AtomSync, SyncedValue<number>] => {
    const way = (index === 0 ? SLOW : FAST) / 2;
    const transport = farAway(webSocketTransport({ webSocket: nodeWebSocket() }), way);
    const sync = openAtomSync(`client-${index}`, { server: server.url, transport });
    return [sync, syncedValue(sync, 'hot', 0)];
  });
  try {
    await Promise.all(
      clients.map(([, { status$ }]) => firstValueFrom(status$.pipe(filter(({ phase }) => phase === 'live')))),
    );
    const until = performance.now() + seconds * 1000;
    const done = await Promise.all(clients.map(([, value]) => swapping(value, until)));
    const inTime = done.map((all) => all.filter(({ at }) => at <= until).length);
    const [slow, ...fast] = done;
    const rate = inTime.slice(1).reduce((sum, count) => sum + count, 0) / seconds;
    return [
      `One client ${SLOW} ms away among ${FAST_CLIENTS} that are ${FAST} ms away, plain functions on one doc, ${seconds} s:`,
      `  the fast  ${rate.toFixed(0)} swaps per second together (${Math.min(...inTime.slice(1))} to ${Math.max(...inTime.slice(1))} each); ${tell(fast.flat())}`,
      `  the slow  ${inTime[0]} swaps in that time; ${tell(slow!)}`,
    ].join('\n');
  } finally {
    await Promise.all(clients.map(([sync]) => sync.close()));
    await server.dispose();
  }
}

/** One swap after the other until the time is over; the last is waited for. */
async function swapping(value: SyncedValue<number>, until: number): Promise<(Swapped & { at: number })[]> {
  const all: (Swapped & { at: number })[] = [];
  while (performance.now() < until) {
    const began = performance.now();
    const { rebased } = await value.transact((n) => n + 1).accepted;
    const at = performance.now();
    all.push({ milliseconds: at - began, rebased, at });
  }
  return all;
}

function tell(all: readonly Swapped[]): string {
  const spread = (values: number[]): string => {
    const sorted = values.sort((a, b) => a - b);
    return [0.5, 0.95, 1].map((q) => quantile(sorted, q).toFixed(0)).join(' / ');
  };
  return `accepted after ${spread(all.map(({ milliseconds }) => milliseconds))} ms, rebased ${spread(all.map(({ rebased }) => rebased))} times (median / 95 % / most)`;
}
