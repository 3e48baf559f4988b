/*
 * Some clients in one process that write as fast as they are confirmed:
 *
 *   hot-clients.process.ts <url> <number of the first client> <how many>
 *
 * Told to `open` a group, each makes an atom of it; told to `count`, each swaps its doc so often.
 */
import { inc } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type SyncedAtom } from '@atomsync/client';
import { filter, firstValueFrom } from 'rxjs';
import type { CountOrder } from './hot-clients';
import { portOfParent } from './swarm-process';

async function play(url = '', first = '', count = ''): Promise<void> {
  const port = portOfParent();
  const numbers = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);
  const syncs = numbers.map((number) => openAtomSync(`client-${number}`, { server: url }));
  port.tell('started');
  for (;;) {
    const { group } = await port.hear<{ group: string }>('open');
    const counters = syncs.map((sync) => syncedAtom<number>(sync, group));
    await Promise.all(
      counters.map(({ status$ }) => firstValueFrom(status$.pipe(filter(({ phase }) => phase === 'live')))),
    );
    port.tell('opened');
    const order = await port.hear<CountOrder>('count');
    await Promise.all(
      counters.map((counter, index) => swapping(counter, order.keys[numbers[index]!]!, order)),
    );
    port.tell('counted');
    await port.hear('close');
    for (const counter of counters) counter.close();
    port.tell('closed');
  }
}

async function swapping(
  counter: SyncedAtom<number>,
  key: string,
  { times, ahead }: CountOrder,
): Promise<void> {
  const doc = counter.at(key, { default: 0 });
  for (let made = 0; made < times; made++) {
    doc.swap(inc);
    await firstValueFrom(counter.pending$.pipe(filter((pending) => pending < ahead)));
  }
  await counter.settled();
}

play(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
