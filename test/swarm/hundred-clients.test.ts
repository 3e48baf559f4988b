import { openAtomSync, syncedAtom } from '@atomsync/client';
import { mkdirSync } from 'node:fs';
import { seeded } from '../simulation/random';
import { quickOrLong } from '../support/long';
import { ServerProcess } from '../support/server-process';
import { HundredClients, type Docs, type SwarmOrder } from './hundred-clients';
import { KnowingServer } from './knowing-server';

/** What the tests need of a server process. */
interface Server {
  readonly url: string;
  folder(name: string): string;
  dispose(): Promise<void>;
}

const SERVERS: readonly (readonly [string, () => Promise<Server>])[] = [
  ['a server that leaves swaps to the clients', () => ServerProcess.start()],
  ['a server that knows them', () => KnowingServer.start()],
];

describe('a hundred clients on one counter, a third of them offline at any time', () => {
  let server: Server;
  let swarm: HundredClients;

  const open = async (start: () => Promise<Server>, order: (own: Server) => Omit<SwarmOrder, 'url'>) => {
    server = await start();
    swarm = new HundredClients({ url: server.url, ...order(server) });
  };
  /** What a client holds that comes when all is over. */
  const fresh = async (): Promise<Docs> => {
    const sync = openAtomSync('fresh', { server: server.url });
    const counter = syncedAtom<unknown>(sync, 'counter');
    await counter.ready();
    const docs = [...counter.value];
    await sync.close();
    return docs;
  };

  afterEach(async () => {
    await swarm.end();
    await server.dispose();
  });

  const WAYS = [
    ['a function', 'function', SERVERS[0]![1]],
    ['a named swap that the server runs', 'inc', SERVERS[1]![1]],
  ] as const;

  it.each(WAYS.slice(0, quickOrLong(1, 2)))(
    'come to exactly 1,000 everywhere with %s',
    async (_, how, start) => {
      await open(start, () => ({ seed: 1, how }));
      await swarm.start();
      await swarm.count();
      const everyone = await swarm.agreed(HundredClients.calls);
      expect(everyone).toHaveLength(100);
      for (const docs of [...everyone, await fresh()]) expect(docs).toEqual([['n', 1_000]]);
    },
    240_000,
  );

  it.each(SERVERS.slice(-quickOrLong(1, 2)))(
    'count each mark once though every process is killed and started again, on %s',
    async (_, start) => {
      const random = seeded(7);
      await open(start, (own) => ({
        seed: 2,
        how: 'hit',
        stores: own.folder('stores'),
        logs: own.folder('.'),
      }));
      mkdirSync(server.folder('stores'));
      await swarm.start();
      await swarm.countAndKill(() => 20 + random.below(60));
      const before = swarm.noted();
      expect(before.called.size).toBeLessThan(HundredClients.calls);
      const arrived = marksOf(await fresh());
      expect([...before.durable].filter((mark) => !arrived.has(mark))).not.toEqual([]);

      await swarm.start((name) => [...before.called].filter((mark) => mark.startsWith(`${name} `)).length);
      await swarm.count();
      const { called, durable } = swarm.noted();
      expect(called.size).toBe(HundredClients.calls);

      const end = await fresh();
      const counted = marksOf(end);
      for (const [mark, times] of counted) {
        expect([mark, times]).toEqual([mark, 1]);
        expect(called).toContain(mark);
      }
      for (const mark of durable) expect([mark, counted.get(mark)]).toEqual([mark, 1]);
      expect(new Map(end).get('n')).toBe(counted.size);
      for (const docs of await swarm.agreed(counted.size)) expect(docs).toEqual(end);
    },
    240_000,
  );
});

/** How often each mark was counted, by client and mark. */
function marksOf(docs: Docs): Map<string, number> {
  const marks = new Map<string, number>();
  for (const [name, counted] of docs) {
    if (name === 'n') continue;
    for (const [mark, times] of Object.entries(counted as Record<string, number>))
      marks.set(`${name} ${mark}`, times);
  }
  return marks;
}
