import { deflateRawSync } from 'node:zlib';
import type { ClientModule } from '../faces/client';
import type { WorkloadOn } from '../workload';
import { monotonic } from './clock';
import { connected } from './connected';
import { sizeOf, type DocSet } from './doc-sets';
import { fillWith } from './filling';

interface Loaded {
  readonly time: number;
  readonly bytes: number;
  readonly held: number;
  readonly peak: number;
  readonly frames: number;
}

interface FirstLoad {
  readonly id: string;
  readonly title: string;
  readonly set: DocSet;
  readonly docs: number;
}

/** A client that has nothing takes all docs, and reads each once. */
export const firstLoad = ({ id, title, set, docs }: FirstLoad): WorkloadOn<'client'> => ({
  id,
  title,
  face: 'client',
  figures: [
    { name: 'time', unit: 'ms', better: 'lower', reach: [{ atMost: 1.5 }] },
    { name: 'bytes', unit: 'bytes/doc', better: 'lower', reach: [{ atMost: 1.1 }] },
    { name: 'memory', unit: 'MB', better: 'lower', reach: [{ atMost: 1.25 }] },
    { name: 'peak', unit: 'MB', better: 'lower' },
    { name: 'client CPU', unit: 's', better: 'lower' },
    { name: 'server CPU', unit: 's', better: 'lower' },
    { name: 'frames', unit: 'frames' },
    { name: 'deflated', unit: 'bytes/doc' },
    { name: 'deflating', unit: 'ms' },
  ],
  roles: {
    filler: connected(async (client, port) => {
      await port.hear('fill');
      await fillWith(client, 0, docs, set);
      port.tell('filled');
    }),
    fresh: async ({ module, url, port }) => {
      port.tell('ready');
      await port.hear('load');
      gc?.();
      const before = process.memoryUsage();
      const began = monotonic();
      const client = await load(module, url, docs);
      const time = monotonic() - began;
      const peak = process.resourceUsage().maxRSS * 1024 - before.rss;
      gc?.();
      const after = process.memoryUsage();
      port.tell('loaded', {
        time,
        peak: peak / 1e6,
        held: (after.heapUsed + after.external - before.heapUsed - before.external) / 1e6,
        bytes: (client.traffic?.bytesDown ?? NaN) / docs,
        frames: client.traffic?.framesDown ?? NaN,
      });
    },
    compressing: async ({ module, url, port }) => {
      port.tell('ready');
      await port.hear('load');
      const frames: Uint8Array[] = [];
      await load(module, url, docs, (frame) => void frames.push(frame));
      const began = monotonic();
      let bytes = 0;
      for (const frame of frames) bytes += deflateRawSync(frame, { level: 1 }).length;
      const counted = frames.length > 0;
      port.tell('compressed', {
        bytes: counted ? bytes / docs : NaN,
        time: counted ? monotonic() - began : NaN,
      });
    },
  },
  run: async ({ server, start }) => {
    const filler = await start('filler');
    filler.port.tell('fill');
    await filler.port.hear('filled');
    await filler.end();
    const fresh = await start('fresh');
    const cpu = [server.cpu, fresh.cpu] as const;
    fresh.port.tell('load');
    const { time, bytes, held, peak, frames } = await fresh.port.hear<Loaded>('loaded');
    const used = { 'server CPU': server.cpu - cpu[0], 'client CPU': fresh.cpu - cpu[1] };
    await fresh.end();
    const compressing = await start('compressing');
    compressing.port.tell('load');
    const compressed = await compressing.port.hear<Pick<Loaded, 'time' | 'bytes'>>('compressed');
    return {
      ...{ time, bytes, memory: held, peak, frames, ...used },
      deflated: compressed.bytes,
      deflating: compressed.time,
    };
  },
});

/** Resolves when all docs are there and each has been read. */
async function load(module: ClientModule, url: string, docs: number, onFrame?: (frame: Uint8Array) => void) {
  const client = await module.connect(url, onFrame === undefined ? {} : { onFrame });
  await new Promise<void>((done) => {
    client.onSize((size) => {
      if (size >= docs) done();
    });
  });
  const count = sizeOf(client.docs());
  if (count !== docs) throw new Error(`The fresh client has ${count} docs of ${docs}.`);
  return client;
}
