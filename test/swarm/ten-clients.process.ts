/*
 * Ten clients in one process. A third of them is offline at any time while they count:
 *
 *   ten-clients.process.ts <order as JSON>
 */
import { inc } from '@atomsync/atom';
import {
  openAtomSync,
  syncedAtom,
  webSocketTransport,
  type AtomSync,
  type SyncedAtom,
} from '@atomsync/client';
import { fileLocalStore, nodeWebSocket } from '@atomsync/client/node';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, interval, takeWhile } from 'rxjs';
import { seeded, type Random } from '../simulation/random';
import { countingPushes } from './counting-pushes';
import { hit, type Tally } from './swaps';
import { portOfParent } from './swarm-process';
import { TIMES, type Pushes, type TenClientsOrder } from './ten-clients';

/** Milliseconds between two looks at who is offline and who counts. */
const TICK = 100;

interface Client {
  readonly name: string;
  readonly sync: AtomSync;
  readonly counter: SyncedAtom<Tally>;
  called: number;
}

async function play(order: TenClientsOrder): Promise<void> {
  const port = portOfParent();
  const counts: Pushes = { pushes: 0, stale: 0 };
  const clients = order.clients.map(({ name, called }): Client => {
    const sync = openAtomSync(name, {
      server: order.url,
      transport: countingPushes(webSocketTransport({ webSocket: nodeWebSocket() }), counts),
      ...(order.stores === undefined ? {} : { store: fileLocalStore(join(order.stores, name)) }),
    });
    return { name, sync, counter: syncedAtom<Tally>(sync, 'counter'), called };
  });
  await Promise.all(clients.map(({ counter }) => counter.ready()));
  port.tell('ready');

  await port.hear('go');
  await counting(clients, order, seeded(order.seed), () => {
    port.tell('called');
  });
  port.tell('made');
  await Promise.all(clients.map(({ counter }) => counter.settled()));
  port.tell('settled', { ...counts });

  const { total } = await port.hear<{ total: number }>('expect');
  const values = await Promise.all(
    clients.map(({ counter }) =>
      firstValueFrom(counter.pipe(filter((docs) => ((docs.get('n') ?? 0) as number) >= total))),
    ),
  );
  port.tell('agreed', { docs: values.map((docs) => [...docs]) });
  await port.hear('end');
  await Promise.all(clients.map(({ sync }) => sync.close()));
  port.tell('ended');
}

/** Resolves when each client has counted ten times and all are online again. */
async function counting(
  clients: readonly Client[],
  order: TenClientsOrder,
  random: Random,
  called: () => void,
): Promise<void> {
  const isCounting = (): boolean => clients.some((client) => client.called < TIMES);
  await interval(TICK)
    .pipe(takeWhile(isCounting))
    .forEach(() => {
      for (const [client, away] of thirdAway(clients, random)) {
        if (away) client.sync.pause();
        else client.sync.resume();
        if (client.called >= TIMES || random.chance(0.5)) continue;
        count(client, order);
        called();
      }
    });
  for (const { sync } of clients) sync.resume();
}

/** Everyone, and whether it is away: a third of them, or one more. */
function thirdAway(clients: readonly Client[], random: Random): [Client, boolean][] {
  const away = Math.floor(clients.length / 3 + random.next());
  const rest = [...clients];
  return clients.map((_, index) => [rest.splice(random.below(rest.length), 1)[0]!, index < away]);
}

function count(client: Client, { how, log }: TenClientsOrder): void {
  const { counter, name } = client;
  const mark = `m${client.called++}`;
  if (how === 'function') counter.at('n', { default: 0 }).swap((n) => (n as number) + 1);
  else if (how === 'inc') counter.at('n', { default: 0 }).swap(inc as (n: Tally) => number);
  else {
    const note = (what: string): void => {
      if (log !== undefined) appendFileSync(log, `${what} ${name} ${mark}\n`);
    };
    note('called');
    void counter.transact(hit, name, mark).durable.then(() => {
      note('durable');
    });
  }
}

play(JSON.parse(process.argv[2] ?? '') as TenClientsOrder).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
