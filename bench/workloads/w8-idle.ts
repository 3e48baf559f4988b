import { setTimeout as pause } from 'node:timers/promises';
import type { WorkloadOn } from '../workload';

const CONNECTIONS = { quick: 2_000, full: 2_000 };
const WARM_UP = 50;
/** Connections that are opened at once. */
const AT_ONCE = 50;
/** Until what connecting has left undone is done. Milliseconds. */
const QUIET = 500;

/** What connections that do nothing cost the server. Nobody asks its garbage collector to run. */
export const w8: WorkloadOn<'feed'> = {
  id: 'w8',
  title: '2,000 idle connections that follow a group',
  face: 'feed',
  figures: [
    { name: 'server memory', unit: 'KiB/connection', better: 'lower', reach: [{ atMost: 1.3 }] },
    { name: 'server CPU', unit: 'ms/connection', better: 'lower' },
  ],
  roles: {
    idle: async ({ module, url, port }) => {
      port.tell('ready');
      for (;;) {
        const { count } = await port.hear<{ readonly count: number }>('connect');
        for (let n = 0; n < count; n += AT_ONCE)
          await Promise.all(Array.from({ length: AT_ONCE }, () => module.follow(url, () => undefined)));
        port.tell('connected');
      }
    },
  },
  run: async ({ scale, server, start }) => {
    const idle = await start('idle');
    const connect = async (count: number): Promise<void> => {
      idle.port.tell('connect', { count });
      await idle.port.hear('connected');
      await pause(QUIET);
    };
    await connect(WARM_UP);
    const [memory, cpu] = [server.memory, server.cpu];
    const count = CONNECTIONS[scale];
    await connect(count);
    return {
      'server memory': (server.memory - memory) / 1024 / count,
      'server CPU': ((server.cpu - cpu) * 1000) / count,
    };
  },
};
