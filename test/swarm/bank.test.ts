import { DocMap } from '@atomsync/atom';
import { openAtomSync, syncedAtom } from '@atomsync/client';
import { interval, take } from 'rxjs';
import { seeded, type Random } from '../simulation/random';
import { ServerProcess } from '../support/server-process';
import { until } from '../support/until';
import { Books, OPENING } from './books';
import { KnowingServer } from './knowing-server';
import { transfer } from './swaps';
import { Teller, type Move } from './teller';

const TELLERS = 8;
const ACCOUNTS = Array.from({ length: 20 }, (_, account) => `account-${String(account).padStart(2, '0')}`);
const TICKS = 100;
/** Milliseconds. */
const TICK = 20;
const PER_TICK = 4;

const byFunction: Move = (docs, from, to, amount) =>
  docs.with(from, docs.get(from)! - amount).with(to, docs.get(to)! + amount);

describe('a bank with eight tellers who go offline and come back', () => {
  it.each([
    ['functions', byFunction, () => ServerProcess.start()],
    ['swaps that the server runs', transfer, () => KnowingServer.start()],
  ] as const)(
    'keeps its total in all that anyone shows and is sent, with %s',
    async (_, move, start) => {
      const server = await start();
      const books = new Books(server.url, ACCOUNTS);
      const tellers = Array.from(
        { length: TELLERS },
        (__, index) => new Teller(`teller-${index}`, server.url, move, books.check),
      );
      try {
        await Promise.all(tellers.map(({ bank }) => bank.ready()));
        await open(tellers);
        await work(tellers, seeded(20));
        await Promise.all(tellers.map(({ bank }) => bank.settled()));

        expect(books.faults).toEqual([]);
        const accounts = new Map(ACCOUNTS.map((account) => [account, OPENING]));
        let [accepted, refused] = [0, 0];
        for (const teller of tellers) {
          for (const { from, to, amount, outcome } of teller.transfers) {
            const result = await outcome;
            if ('refused' in result) {
              expect(result.refused).toBe('INVALID');
              refused++;
              continue;
            }
            accepted++;
            accounts.set(from, accounts.get(from)! - amount);
            accounts.set(to, accounts.get(to)! + amount);
            const moved = new Map([
              [from, -amount],
              [to, amount],
            ]);
            expect(await books.movedBy(result.version)).toEqual(moved);
          }
        }
        expect(accepted).toBeGreaterThan(1_000);

        const rejected = (await Promise.all(tellers.map((teller) => teller.rejected()))).flat();
        const numbers = rejected.map(({ clientId, number }) => `${clientId} ${number}`);
        expect(numbers.filter((number) => books.moving.has(number))).toEqual([]);
        expect([...new Set(numbers)]).toHaveLength(refused);
        expect(numbers).toHaveLength(refused);

        const fresh = openAtomSync('fresh', { server: server.url });
        const bank = syncedAtom<number>(fresh, 'bank');
        await bank.ready();
        await fresh.close();
        expect(new Map(bank.value)).toEqual(accounts);
        expect(books.accounts).toEqual(accounts);
        await Promise.all(tellers.map((teller) => until(teller.bank, (docs) => docs.equals(bank.value))));
      } finally {
        books.close();
        await Promise.all(tellers.map(({ sync }) => sync.close()));
        await server.dispose();
      }
    },
    60_000,
  );
});

async function open(tellers: readonly Teller[]): Promise<void> {
  tellers[0]!.bank.reset(DocMap.from(ACCOUNTS.map((account) => [account, OPENING] as const)));
  await Promise.all(tellers.map(({ bank }) => until(bank, (docs) => docs.size === ACCOUNTS.length)));
}

/** Everyone transfers, and about a third is offline at any time. */
async function work(tellers: readonly Teller[], random: Random): Promise<void> {
  await interval(TICK)
    .pipe(take(TICKS))
    .forEach(() => {
      for (const teller of tellers) {
        if (random.chance(0.1)) teller.sync.pause();
        else if (random.chance(0.2)) teller.sync.resume();
        for (let n = 0; n < PER_TICK; n++) teller.transfer(random);
      }
    });
  for (const { sync } of tellers) sync.resume();
}
