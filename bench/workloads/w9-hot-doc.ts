import { monotonic } from '../harness/clock';
import type { RoleProcess } from '../harness/role-process';
import type { WorkloadOn } from '../workload';

const PROCESSES = 5;
const CLIENTS = 10;
/** How far a client writes ahead of what is acknowledged. */
const AHEAD = 10;
/** Swaps of each of the 50 clients; the single writer makes as many as all of them. */
const TIMES = { quick: 40, full: 200 };

type How = 'named' | 'plain';

interface Order extends Record<string, unknown> {
  readonly counter: string;
  readonly clients: number;
  readonly times: number;
  readonly ahead: number;
  readonly how: How;
}

/** Fifty clients swap one doc, beside a single one that has it for itself. */
export const w9: WorkloadOn<'swaps'> = {
  id: 'w9',
  title: '50 clients that swap one doc, beside one client that swaps it alone',
  face: 'swaps',
  figures: [
    { name: 'one writer', unit: 'swaps/s', better: 'higher' },
    { name: '50, named', unit: 'swaps/s', better: 'higher' },
    { name: '50, plain', unit: 'swaps/s', better: 'higher' },
    { name: 'named of one', unit: '× one writer' },
    { name: 'plain of one', unit: '× one writer' },
    { name: 'named: server CPU', unit: 'ms/swap', better: 'lower' },
    { name: 'plain: server CPU', unit: 'ms/swap', better: 'lower' },
  ],
  roles: {
    swappers: async ({ module, url, port }) => {
      port.tell('ready');
      for (;;) {
        const { counter, clients, times, ahead, how } = await port.hear<Order>('open');
        const all = await Promise.all(Array.from({ length: clients }, () => module.connect(url, counter)));
        port.tell('open');
        await port.hear('swap');
        await Promise.all(all.map((client) => client[how](times, ahead)));
        port.tell('swapped', { count: Math.max(...all.map((client) => client.count())) });
      }
    },
  },
  run: async ({ scale, server, start }) => {
    const swappers = await Promise.all(Array.from({ length: PROCESSES }, () => start('swappers')));
    const times = TIMES[scale];
    const all = PROCESSES * CLIENTS * times;
    let groups = 0;
    const race = async (among: readonly RoleProcess[], order: Omit<Order, 'counter'>) => {
      const counter = `counter-${++groups}`;
      for (const { port } of among) port.tell('open', { ...order, counter });
      await Promise.all(among.map(({ port }) => port.hear('open')));
      const [began, cpu] = [monotonic(), server.cpu];
      for (const { port } of among) port.tell('swap');
      const counts = await Promise.all(
        among.map(({ port }) => port.hear<{ readonly count: number }>('swapped')),
      );
      const seconds = (monotonic() - began) / 1000;
      const swaps = among.length * (order['clients'] as number) * (order['times'] as number);
      const count = Math.max(...counts.map((one) => one.count));
      if (count !== swaps) throw new Error(`The counter stands at ${count} after ${swaps} swaps.`);
      return { rate: swaps / seconds, cpu: ((server.cpu - cpu) * 1000) / swaps };
    };
    const shared = { clients: CLIENTS, times, ahead: AHEAD };
    await race(swappers, { ...shared, times: 5, how: 'named' });
    const one = await race(swappers.slice(0, 1), { clients: 1, times: all, ahead: Infinity, how: 'named' });
    const named = await race(swappers, { ...shared, how: 'named' });
    const plain = await race(swappers, { ...shared, how: 'plain' });
    return {
      'one writer': one.rate,
      '50, named': named.rate,
      '50, plain': plain.rate,
      'named of one': named.rate / one.rate,
      'plain of one': plain.rate / one.rate,
      'named: server CPU': named.cpu,
      'plain: server CPU': plain.cpu,
    };
  },
};
