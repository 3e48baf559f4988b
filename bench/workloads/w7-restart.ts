import { monotonic } from '../harness/clock';
import { connected } from '../harness/connected';
import { sizeOf } from '../harness/doc-sets';
import { fillWith } from '../harness/filling';
import type { WorkloadOn } from '../workload';

const DOCS = 100_000;

/** A client's process ends, and another one opens what it has stored, offline. */
export const w7: WorkloadOn<'kept'> = {
  id: 'w7',
  title: 'a client starts with 100,000 docs in its local store, and reads each once',
  face: 'kept',
  figures: [
    { name: 'time', unit: 'ms', better: 'lower', reach: [{ atMost: 1.5 }] },
    { name: 'CPU', unit: 's', better: 'lower' },
    { name: 'memory', unit: 'MB', better: 'lower' },
  ],
  roles: {
    filler: connected(async (client, port) => {
      await port.hear('fill');
      await fillWith(client, 0, DOCS);
      port.tell('filled');
    }),
    keeper: async ({ module, url, port }) => {
      port.tell('ready');
      const { folder } = await port.hear<{ readonly folder: string }>('keep');
      const client = await module.connect(url, { folder });
      await client.kept();
      await client.close();
      port.tell('kept');
    },
    restarted: async ({ module, port }) => {
      port.tell('ready');
      const { folder } = await port.hear<{ readonly folder: string }>('open');
      gc?.();
      const before = process.memoryUsage();
      const began = monotonic();
      const docs = await module.reopen(folder);
      sizeOf(docs);
      const time = monotonic() - began;
      gc?.();
      const after = process.memoryUsage();
      const memory = after.heapUsed + after.external - before.heapUsed - before.external;
      // Read again: whoever holds them holds them still.
      const count = sizeOf(docs);
      if (count !== DOCS) throw new Error(`The restarted client has ${count} docs of ${DOCS}.`);
      port.tell('opened', { time, memory: memory / 1e6 });
    },
  },
  run: async ({ folder, start }) => {
    const filler = await start('filler');
    filler.port.tell('fill');
    await filler.port.hear('filled');
    await filler.end();
    const keeper = await start('keeper');
    keeper.port.tell('keep', { folder });
    await keeper.port.hear('kept');
    await keeper.end();
    const restarted = await start('restarted');
    const before = restarted.cpu;
    restarted.port.tell('open', { folder });
    const { time, memory } = await restarted.port.hear<{ readonly time: number; readonly memory: number }>(
      'opened',
    );
    return { time, memory, CPU: restarted.cpu - before };
  },
};
