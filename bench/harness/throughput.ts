import type { Traffic } from '../faces/client';
import type { Figure, Role, Stage } from '../workload';
import { benchDoc, benchKey } from './bench-doc';
import { monotonic } from './clock';
import { connected } from './connected';

interface Progress {
  readonly at: number;
  readonly traffic: Traffic;
}

interface Order {
  /** Number of the first doc. */
  readonly first: number;
  readonly docs: number;
}

/** Single-doc writes in a tight loop by some clients, until another one has all and all are acknowledged. */
export interface Throughput {
  readonly writers: number;
  /** Docs of each. */
  readonly docs: number;
  /** Docs of each before, so that all sides run compiled code. */
  readonly warmUp: number;
}

export const throughputFigures: readonly Figure[] = [
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
];

export const throughputRoles: Readonly<Record<string, Role<'client'>>> = {
  writer: connected(async (client, port) => {
    for (;;) {
      const { first, docs } = await port.hear<Order & Record<string, unknown>>('write');
      const before = { ...(client.traffic ?? UNKNOWN) };
      const began = monotonic();
      for (let n = first; n < first + docs; n++) client.write(benchKey(n), benchDoc(n, began));
      const looped = monotonic();
      await client.settled();
      const traffic = since(before, client.traffic ?? UNKNOWN);
      port.tell('settled', { began, looped, at: monotonic(), traffic });
    }
  }),
  reader: connected(async (client, port) => {
    let wanted = Infinity;
    let before = client.traffic ?? UNKNOWN;
    client.onSize((size) => {
      if (size < wanted) return;
      wanted = Infinity;
      port.tell('complete', { at: monotonic(), traffic: since(before, client.traffic ?? UNKNOWN) });
    });
    for (;;) {
      wanted = (await port.hear<{ readonly size: number }>('expect')).size;
      before = { ...(client.traffic ?? UNKNOWN) };
      port.tell('watching');
    }
  }),
};

export async function throughput({ writers, docs, warmUp }: Throughput, { server, start }: Stage) {
  const reader = await start('reader');
  const authors = await Promise.all(Array.from({ length: writers }, () => start('writer')));
  const processes = [reader, ...authors];
  let written = 0;
  const round = async (each: number) => {
    reader.port.tell('expect', { size: written + writers * each });
    await reader.port.hear('watching');
    const cpu = [server, ...processes].map((process) => process.cpu);
    for (const { port } of authors) {
      port.tell('write', { first: written, docs: each });
      written += each;
    }
    const [complete, ...settled] = await Promise.all([
      reader.port.hear<Progress>('complete'),
      ...authors.map(({ port }) =>
        port.hear<Progress & { readonly began: number; readonly looped: number }>('settled'),
      ),
    ]);
    const used = [server, ...processes].map((process, at) => process.cpu - cpu[at]!);
    return { settled, complete, used };
  };
  await round(warmUp);
  const { settled, complete, used } = await round(docs);
  const all = writers * docs;
  const began = Math.min(...settled.map((one) => one.began));
  const acknowledged = Math.max(...settled.map(({ at }) => at));
  const sum = (of: (traffic: Traffic) => number) =>
    settled.reduce((total, { traffic }) => total + of(traffic), 0);
  return {
    rate: all / ((Math.max(acknowledged, complete.at) - began) / 1000),
    loop: Math.max(...settled.map((one) => one.looped - one.began)),
    acknowledged: acknowledged - began,
    received: complete.at - began,
    pushes: sum(({ framesUp }) => framesUp),
    commits: complete.traffic.framesDown,
    up: sum(({ bytesUp }) => bytesUp) / all,
    down: complete.traffic.bytesDown / all,
    'server CPU': used[0]!,
    'reader CPU': used[1]!,
    'writer CPU': used.slice(2).reduce((total, seconds) => total + seconds, 0),
  };
}

const UNKNOWN: Traffic = { framesUp: NaN, framesDown: NaN, bytesUp: NaN, bytesDown: NaN };

const since = (before: Traffic, after: Traffic): Traffic => ({
  framesUp: after.framesUp - before.framesUp,
  framesDown: after.framesDown - before.framesDown,
  bytesUp: after.bytesUp - before.bytesUp,
  bytesDown: after.bytesDown - before.bytesDown,
});
