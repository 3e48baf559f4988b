import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { connected } from '../harness/connected';
import { fillWith } from '../harness/filling';
import type { RoleProcess } from '../harness/role-process';
import type { WorkloadOn } from '../workload';

const DOCS = 100_000;
const CHANGED = 1_000;
const MANY = 10_000;
const WARM_UP = 100;
/** Shares no factor with the number of docs. */
const STEP = 7_919;

interface Order extends Record<string, unknown> {
  /** Number of the first change. */
  readonly first: number;
  readonly count: number;
}

/** The key of the n-th change: spread over all docs. */
const keyOf = (n: number): string => benchKey((n * STEP) % DOCS);

/** A client comes back to docs some of which have changed while it was away. */
export const w6: WorkloadOn<'kept'> = {
  id: 'w6',
  title: 'a client is back after 1,000 of its 100,000 docs have changed',
  face: 'kept',
  figures: [
    { name: 'time', unit: 'ms', better: 'lower', reach: [{ atMost: 1.5 }] },
    { name: 'bytes', unit: 'bytes/change', better: 'lower' },
    {
      name: '10,000 changed',
      unit: 'ms',
      better: 'lower',
      reach: [{ atMost: 1.5 }, { ofOwn: 'time', atMost: 10 }],
    },
    { name: 'one changed', unit: 'ms', better: 'lower' },
  ],
  roles: {
    writer: connected(async (client, port) => {
      await port.hear('fill');
      await fillWith(client, 0, DOCS);
      port.tell('filled');
      for (;;) {
        const { first, count } = await port.hear<Order>('change');
        await client.fill(
          Array.from({ length: count }, (_, n) => [keyOf(first + n), benchDoc(first + n, 0)]),
        );
        port.tell('changed');
      }
    }),
    traveller: async ({ module, url, port }) => {
      const client = await module.connect(url);
      port.tell('ready');
      for (;;) {
        const { first, count } = await port.hear<Order>('travel');
        const last = first + count - 1;
        await client.away();
        port.tell('away');
        await port.hear('return');
        const bytes = client.traffic?.bytesDown ?? NaN;
        const returned = new Promise<void>((done) => {
          client.onDoc(keyOf(last), ({ n }) => {
            if (n === last) done();
          });
        });
        const began = monotonic();
        client.back();
        await returned;
        port.tell('returned', {
          time: monotonic() - began,
          bytes: ((client.traffic?.bytesDown ?? NaN) - bytes) / count,
        });
      }
    },
  },
  run: async ({ start }) => {
    const writer = await start('writer');
    writer.port.tell('fill');
    await writer.port.hear('filled');
    const traveller = await start('traveller');
    let first = DOCS;
    const travel = async (count: number) => {
      const order: Order = { first, count };
      first += count;
      return journey(writer, traveller, order);
    };
    await travel(WARM_UP);
    await travel(WARM_UP);
    const { time, bytes } = await travel(CHANGED);
    const many = await travel(MANY);
    const none = await travel(1);
    return { time, bytes, '10,000 changed': many.time, 'one changed': none.time };
  },
};

async function journey(writer: RoleProcess, traveller: RoleProcess, order: Order) {
  traveller.port.tell('travel', order);
  await traveller.port.hear('away');
  writer.port.tell('change', order);
  await writer.port.hear('changed');
  traveller.port.tell('return');
  return traveller.port.hear<{ readonly time: number; readonly bytes: number }>('returned');
}
