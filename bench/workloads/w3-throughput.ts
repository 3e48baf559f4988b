import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import type { Traffic } from '../contender';
import type { Workload } from '../workload';

const DOCS = 20_000;
/** Written before, so that all sides run compiled code. */
const WARM_UP = 2_000;

interface Progress {
  readonly at: number;
  readonly traffic: Traffic;
}

/** 20,000 single-doc writes in a tight loop by one client, until another one has all and all are durable. */
export const w3: Workload = {
  id: 'w3',
  title: '20,000 single-doc writes in a tight loop until the other client has all and all are durable',
  figures: [
    { name: 'rate', unit: 'docs/s', better: 'higher', target: 0.5 },
    { name: 'loop', unit: 'ms' },
    { name: 'acknowledged', unit: 'ms' },
    { name: 'received', unit: 'ms' },
    { name: 'pushes', unit: 'frames' },
    { name: 'commits', unit: 'frames' },
    { name: 'up', unit: 'bytes/doc' },
    { name: 'down', unit: 'bytes/doc' },
    { name: 'server CPU', unit: 's', better: 'lower' },
    { name: 'writer CPU', unit: 's', better: 'lower' },
    { name: 'reader CPU', unit: 's', better: 'lower' },
  ],
  roles: {
    writer: async (client, port) => {
      for (let first = 0; ;) {
        const { docs } = await port.hear<{ readonly docs: number }>('write');
        const before = { ...client.traffic };
        const began = monotonic();
        for (let n = first; n < first + docs; n++) client.write(benchKey(n), benchDoc(n, began));
        const looped = monotonic();
        await client.settled();
        port.tell('settled', { began, looped, at: monotonic(), traffic: since(before, client.traffic) });
        first += docs;
      }
    },
    reader: async (client, port) => {
      let wanted = Infinity;
      let before = client.traffic;
      client.onSize((size) => {
        if (size < wanted) return;
        wanted = Infinity;
        port.tell('complete', { at: monotonic(), traffic: since(before, client.traffic) });
      });
      for (;;) {
        wanted = (await port.hear<{ readonly size: number }>('expect')).size;
        before = { ...client.traffic };
        port.tell('watching');
      }
    },
  },
  run: async ({ server, start }) => {
    const [reader, writer] = [await start('reader'), await start('writer')];
    const round = async (docs: number, size: number) => {
      reader.port.tell('expect', { size });
      await reader.port.hear('watching');
      const cpu = [server.cpu, writer.cpu, reader.cpu];
      writer.port.tell('write', { docs });
      const [settled, complete] = await Promise.all([
        writer.port.hear<Progress & { readonly began: number; readonly looped: number }>('settled'),
        reader.port.hear<Progress>('complete'),
      ]);
      const used = [server.cpu, writer.cpu, reader.cpu].map((after, at) => after - cpu[at]!);
      return { settled, complete, used };
    };
    await round(WARM_UP, WARM_UP);
    const { settled, complete, used } = await round(DOCS, WARM_UP + DOCS);
    const { began } = settled;
    return {
      rate: DOCS / ((Math.max(settled.at, complete.at) - began) / 1000),
      loop: settled.looped - began,
      acknowledged: settled.at - began,
      received: complete.at - began,
      pushes: settled.traffic.framesUp,
      commits: complete.traffic.framesDown,
      up: settled.traffic.bytesUp / DOCS,
      down: complete.traffic.bytesDown / DOCS,
      'server CPU': used[0]!,
      'writer CPU': used[1]!,
      'reader CPU': used[2]!,
    };
  },
};

const since = (before: Traffic, after: Traffic): Traffic => ({
  framesUp: after.framesUp - before.framesUp,
  framesDown: after.framesDown - before.framesDown,
  bytesUp: after.bytesUp - before.bytesUp,
  bytesDown: after.bytesDown - before.bytesDown,
});
