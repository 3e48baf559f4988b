import { mkdir } from 'node:fs/promises';
import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { connected } from '../harness/connected';
import { sizeOf } from '../harness/doc-sets';
import { fillWith } from '../harness/filling';
import { summary } from '../harness/statistics';
import type { Figure, WorkloadOn } from '../workload';

const SIZES = { quick: [1_000, 10_000, 100_000], full: [1_000, 10_000, 100_000, 1_000_000] };
/** Single-doc writes of one burst, and how many bursts there are. */
const WRITES = 1_000;
const BURSTS = 5;
const WARM_UP = 4;
/** Shares no factor with any size. */
const STEP = 7_919;

const told = (size: number): string => size.toLocaleString('en');

/** Flat is within a quarter of what it is with the fewest docs; a straight line costs per doc at most as much as before. */
const FLAT = 1.25;

const figures: readonly Figure[] = SIZES.full.flatMap((size, at): Figure[] => {
  const before = SIZES.full[at - 1];
  const line = (name: string) =>
    before === undefined || before < 10_000
      ? {}
      : { reach: [{ ofOwn: `${name} ${told(before)}`, atMost: 1.25 * (size / before) }] };
  return [
    {
      name: `write ${told(size)}`,
      unit: 'µs/write',
      better: 'lower',
      ...(before === undefined ? {} : { reach: [{ ofOwn: `write ${told(SIZES.full[0]!)}`, atMost: FLAT }] }),
    },
    { name: `catch-up ${told(size)}`, unit: 'ms', better: 'lower', ...line('catch-up') },
    { name: `restart ${told(size)}`, unit: 'ms', better: 'lower', ...line('restart') },
  ];
});

interface Order extends Record<string, unknown> {
  readonly first: number;
  readonly count: number;
}

/** What the number of docs in a group costs. */
export const w10: WorkloadOn<'kept'> = {
  id: 'w10',
  title: 'as docs grow in one group: a write, a first load and a restart',
  face: 'kept',
  figures,
  roles: {
    writer: connected(async (client, port) => {
      for (;;) {
        const { first, count } = await port.hear<Order>('fill');
        await fillWith(client, first, count);
        port.tell('filled');
        await port.hear('write');
        const size = first + count;
        const times: number[] = [];
        for (let burst = 0; burst < WARM_UP + BURSTS; burst++) {
          const began = monotonic();
          for (let n = 0; n < WRITES; n++) {
            const at = ((burst * WRITES + n) * STEP) % size;
            client.write(benchKey(at), benchDoc(at, began));
          }
          await client.settled();
          times.push(((monotonic() - began) * 1000) / WRITES);
        }
        port.tell('written', { time: summary(times.slice(WARM_UP)).median });
      }
    }),
    keeper: async ({ module, url, port }) => {
      port.tell('ready');
      const { folder, size } = await port.hear<{ readonly folder: string; readonly size: number }>('keep');
      const began = monotonic();
      const client = await module.connect(url, { folder });
      if (sizeOf(client.docs()) !== size) throw new Error(`The fresh client does not have ${size} docs.`);
      port.tell('caught up', { time: monotonic() - began });
      await client.kept();
      await client.close();
      port.tell('kept');
    },
    restarted: async ({ module, port }) => {
      port.tell('ready');
      const { folder } = await port.hear<{ readonly folder: string }>('open');
      const began = monotonic();
      const size = sizeOf(await module.reopen(folder));
      port.tell('opened', { time: monotonic() - began, size });
    },
  },
  run: async ({ scale, folder, start }) => {
    const measured: Record<string, number> = {};
    const writer = await start('writer');
    let size = 0;
    for (const next of SIZES[scale]) {
      writer.port.tell('fill', { first: size, count: next - size });
      await writer.port.hear('filled');
      size = next;
      const place = `${folder}/${size}`;
      await mkdir(place);
      const keeper = await start('keeper');
      keeper.port.tell('keep', { folder: place, size });
      measured[`catch-up ${told(size)}`] = (
        await keeper.port.hear<{ readonly time: number }>('caught up')
      ).time;
      await keeper.port.hear('kept');
      await keeper.end();
      const restarted = await start('restarted');
      restarted.port.tell('open', { folder: place });
      measured[`restart ${told(size)}`] = (
        await restarted.port.hear<{ readonly time: number }>('opened')
      ).time;
      await restarted.end();
      writer.port.tell('write');
      measured[`write ${told(size)}`] = (await writer.port.hear<{ readonly time: number }>('written')).time;
    }
    return measured;
  },
};
