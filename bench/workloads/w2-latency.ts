import { setTimeout as pause } from 'node:timers/promises';
import { benchDoc } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { quantile } from '../harness/statistics';
import type { Workload } from '../workload';

/** From an acknowledged write to the next one. Longer than the debounce of 50 ms: each is the first after quiet. */
const QUIET = 75;
const WRITES = { quick: 100, full: 300 };
const WARM_UP = 20;
const KEY = 'todo:1';

/** Time from a write to the other client's callback, on a machine that does nothing else. */
export const w2: Workload = {
  id: 'w2',
  title: 'from a write to the other client’s callback, first after quiet',
  figures: [
    { name: 'p50', unit: 'ms', better: 'lower', target: 1.25 },
    { name: 'p90', unit: 'ms', better: 'lower' },
    { name: 'p99', unit: 'ms', better: 'lower', target: 1.5 },
  ],
  roles: {
    writer: async (client, port) => {
      const { writes } = await port.hear<{ readonly writes: number }>('begin');
      for (let n = 1; n <= writes; n++) {
        await pause(QUIET);
        client.write(KEY, benchDoc(n, monotonic()));
        await client.settled();
      }
      port.tell('written');
    },
    reader: async (client, port) => {
      const { writes } = await port.hear<{ readonly writes: number }>('begin');
      const delays: number[] = [];
      client.onDoc(KEY, ({ n, at }) => {
        delays.push(monotonic() - at);
        if (n === writes) port.tell('received', { delays });
      });
      port.tell('watching');
    },
  },
  run: async ({ scale, start }) => {
    const [reader, writer] = [await start('reader'), await start('writer')];
    const writes = WARM_UP + WRITES[scale];
    reader.port.tell('begin', { writes });
    await reader.port.hear('watching');
    writer.port.tell('begin', { writes });
    const { delays } = await reader.port.hear<{ readonly delays: number[] }>('received');
    await writer.port.hear('written');
    const sorted = delays.slice(WARM_UP).sort((a, b) => a - b);
    return { p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), p99: quantile(sorted, 0.99) };
  },
};
