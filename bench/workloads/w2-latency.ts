import { setTimeout as pause } from 'node:timers/promises';
import { benchDoc } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { connected } from '../harness/connected';
import { quantile } from '../harness/statistics';
import type { WorkloadOn } from '../workload';

/** From an acknowledged write to the next one. Longer than the debounce of 50 ms: each is the first after quiet. */
const QUIET = 75;
const WRITES = { quick: 100, full: 300 };
const WARM_UP = 20;
const KEY = 'todo:1';

/** Time from a write to the other client's callback, on a machine that does nothing else. */
export const w2: WorkloadOn<'client'> = {
  id: 'w2',
  title: 'from a write to the other client’s callback, first after quiet',
  face: 'client',
  figures: [
    { name: 'p50', unit: 'ms', better: 'lower', reach: [{ atMost: 1.25 }] },
    { name: 'p90', unit: 'ms', better: 'lower' },
    { name: 'p99', unit: 'ms', better: 'lower', reach: [{ atMost: 1.5 }] },
    { name: 'up', unit: 'bytes/write' },
    { name: 'down', unit: 'bytes/write' },
  ],
  roles: {
    writer: connected(async (client, port) => {
      const { writes } = await port.hear<{ readonly writes: number }>('begin');
      const before = client.traffic?.bytesUp ?? NaN;
      for (let n = 1; n <= writes; n++) {
        await pause(QUIET);
        client.write(KEY, benchDoc(n, monotonic()));
        await client.settled();
      }
      port.tell('written', { bytes: (client.traffic?.bytesUp ?? NaN) - before });
    }),
    reader: connected(async (client, port) => {
      const { writes } = await port.hear<{ readonly writes: number }>('begin');
      const delays: number[] = [];
      const before = client.traffic?.bytesDown ?? NaN;
      client.onDoc(KEY, ({ n, at }) => {
        delays.push(monotonic() - at);
        if (n === writes)
          port.tell('received', { delays, bytes: (client.traffic?.bytesDown ?? NaN) - before });
      });
      port.tell('watching');
    }),
  },
  run: async ({ scale, start }) => {
    const [reader, writer] = [await start('reader'), await start('writer')];
    const writes = WARM_UP + WRITES[scale];
    reader.port.tell('begin', { writes });
    await reader.port.hear('watching');
    writer.port.tell('begin', { writes });
    const { delays, bytes: down } = await reader.port.hear<{
      readonly delays: number[];
      readonly bytes: number;
    }>('received');
    const { bytes: up } = await writer.port.hear<{ readonly bytes: number }>('written');
    const sorted = delays.slice(WARM_UP).sort((a, b) => a - b);
    return {
      p50: quantile(sorted, 0.5),
      p90: quantile(sorted, 0.9),
      p99: quantile(sorted, 0.99),
      up: up / writes,
      down: down / writes,
    };
  },
};
