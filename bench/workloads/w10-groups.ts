import { benchDoc, benchKey } from '../harness/bench-doc';
import { monotonic } from '../harness/clock';
import { summary } from '../harness/statistics';
import type { Figure, WorkloadOn } from '../workload';

const GROUPS = [1, 100, 10_000];
const FLAT = 1.25;
/** Single-doc writes of one burst, and how many bursts there are. */
const WRITES = 1_000;
const BURSTS = 5;
const WARM_UP = 4;
/** Docs of the group that is written to. */
const DOCS = 100;

const nameOf = (groups: number): string => `write, ${groups.toLocaleString('en')} groups`;

/** What it costs a group that there are others. */
export const w10groups: WorkloadOn<'groups'> = {
  id: 'w10groups',
  title: 'as groups grow on one server: a write to one of them',
  face: 'groups',
  figures: GROUPS.map((groups, at): Figure => {
    const figure = { name: nameOf(groups), unit: 'µs/write', better: 'lower' } as const;
    return at === 0 ? figure : { ...figure, reach: [{ ofOwn: nameOf(GROUPS[0]!), atMost: FLAT }] };
  }),
  roles: {
    maker: async ({ module, url, port }) => {
      port.tell('ready');
      for (;;) {
        const { first, count } = await port.hear<{ readonly first: number; readonly count: number }>('make');
        await module.makeGroups(url, first, count);
        port.tell('made');
      }
    },
    writer: async ({ module, url, port }) => {
      const client = await module.connect(url, { group: 'group-0' });
      port.tell('ready');
      for (;;) {
        await port.hear('write');
        const times: number[] = [];
        for (let burst = 0; burst < WARM_UP + BURSTS; burst++) {
          const began = monotonic();
          for (let n = 0; n < WRITES; n++) client.write(benchKey(n % DOCS), benchDoc(n, began));
          await client.settled();
          times.push(((monotonic() - began) * 1000) / WRITES);
        }
        port.tell('written', { time: summary(times.slice(WARM_UP)).median });
      }
    },
  },
  run: async ({ start }) => {
    const measured: Record<string, number> = {};
    const [maker, writer] = [await start('maker'), await start('writer')];
    const write = async (): Promise<number> => {
      writer.port.tell('write');
      return (await writer.port.hear<{ readonly time: number }>('written')).time;
    };
    await write();
    let made = 0;
    for (const groups of GROUPS) {
      maker.port.tell('make', { first: made, count: groups - made });
      await maker.port.hear('made');
      made = groups;
      measured[nameOf(groups)] = await write();
    }
    return measured;
  },
};
