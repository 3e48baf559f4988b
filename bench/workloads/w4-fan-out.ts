import { setTimeout as pause } from 'node:timers/promises';
import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { connected } from '../harness/connected';
import { quantile } from '../harness/statistics';
import type { WorkloadOn } from '../workload';

const SUBSCRIBERS = 500;
/** Milliseconds between two writes: 20 a second. */
const BEAT = 50;
const WRITES = { quick: 100, full: 400 };
const WARM_UP = 20;
const KEYS = 10;

/**
 * One writer, and many who follow. The followers are sockets that decode what comes and note when: 500 whole clients on
 * the machine of the server would show what the clients cost.
 */
export const w4: WorkloadOn<'feed'> = {
  id: 'w4',
  title: 'one writer with 20 writes a second, 500 followers: from the write until each has it',
  face: 'feed',
  figures: [
    { name: 'p50', unit: 'ms', better: 'lower', reach: [{ atMost: 1.25 }] },
    { name: 'p99', unit: 'ms', better: 'lower', reach: [{ atMost: 1.25 }] },
    { name: 'server CPU', unit: 'ms/write', better: 'lower', reach: [{ atMost: 1.25 }] },
    { name: 'server memory', unit: 'MB' },
  ],
  roles: {
    writer: connected(async (client, port) => {
      const { first, writes } = await port.hear<{ readonly first: number; readonly writes: number }>('write');
      for (let n = first; n < first + writes; n++) {
        client.write(benchKey(n % KEYS), benchDoc(n, monotonic()));
        await pause(BEAT);
      }
      await client.settled();
      port.tell('written');
    }),
    followers: async ({ module, url, port }) => {
      let delays: number[] = [];
      let missing = WARM_UP * SUBSCRIBERS;
      for (let n = 0; n < SUBSCRIBERS; n++) {
        await module.follow(url, ({ at }) => {
          delays.push(monotonic() - at);
          if (--missing === 0) port.tell('received', { delays });
        });
      }
      port.tell('ready');
      const { writes } = await port.hear<{ readonly writes: number }>('expect');
      [delays, missing] = [[], writes * SUBSCRIBERS];
      port.tell('watching');
    },
  },
  run: async ({ scale, server, start }) => {
    const [followers, writer] = [await start('followers'), await start('writer')];
    writer.port.tell('write', { first: 0, writes: WARM_UP });
    await followers.port.hear('received');
    await writer.port.hear('written');
    await writer.end();

    const writes = WRITES[scale];
    const second = await start('writer');
    followers.port.tell('expect', { writes });
    await followers.port.hear('watching');
    const before = server.cpu;
    second.port.tell('write', { first: WARM_UP, writes });
    const { delays } = await followers.port.hear<{ readonly delays: number[] }>('received');
    await second.port.hear('written');
    const sorted = delays.sort((a, b) => a - b);
    return {
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      'server CPU': ((server.cpu - before) * 1000) / writes,
      'server memory': server.memory / 1e6,
    };
  },
};
