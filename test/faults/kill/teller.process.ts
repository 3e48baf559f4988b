/*
 * A client that moves money between accounts for as long as it lives, and writes down what it was told of each move:
 *
 *   teller.process.ts <name> <server> <store folder> <log>
 *
 * A line `durable <mark>` or `accepted <mark>` follows the word it is of. On SIGTERM it makes no more moves, waits until
 * the server has confirmed all, and ends.
 */
import { openAtomSync, syncedAtom, webSocketTransport } from '@atomsync/client';
import { fileLocalStore, nodeWebSocket } from '@atomsync/client/node';
import { appendFileSync } from 'node:fs';
import { fromEvent, interval, takeUntil } from 'rxjs';
import { ACCOUNTS, move, type BankDoc } from './bank';

/** Milliseconds between two looks at how many moves are under way, and how many there may be. */
const TICK = 10;
const UNDER_WAY = 10;

async function work(name: string, server: string, folder: string, log: string): Promise<void> {
  const life = process.pid.toString(36) + Date.now().toString(36);
  const note = (what: string, mark: string): void => {
    appendFileSync(log, `${what} ${mark}\n`);
  };
  const sync = openAtomSync(name, {
    server,
    transport: webSocketTransport({ webSocket: nodeWebSocket() }),
    store: fileLocalStore(folder),
  });
  const bank = syncedAtom<BankDoc>(sync, 'bank');
  await bank.ready();
  console.log('ready');
  const stop$ = fromEvent(process, 'SIGTERM');
  const pick = (): string => ACCOUNTS[Math.floor(Math.random() * ACCOUNTS.length)]!;
  let [made, open] = [0, 0];
  await interval(TICK)
    .pipe(takeUntil(stop$))
    .forEach(() => {
      if (open >= UNDER_WAY) return;
      open++;
      const mark = `${life}-${++made}`;
      const { durable, accepted } = bank.transact(move, name, mark, pick(), pick(), 1 + (made % 7));
      durable.then(
        () => {
          note('durable', mark);
        },
        () => undefined,
      );
      accepted
        .then(
          () => {
            note('accepted', mark);
          },
          (error: unknown) => {
            note(`refused:${String(error).replace(/\s+/g, ' ')}`, mark);
          },
        )
        .finally(() => open--);
    });
  await bank.settled();
  await sync.close();
}

const [name = '', server = '', folder = '', log = ''] = process.argv.slice(2);
work(name, server, folder, log).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
