/*
 * A server's store under load, for a disk that loses power: it makes transfers between accounts, many at once, and
 * writes the mark of each into `acks` when its commit was acknowledged:
 *
 *   server.process.ts <folder> <transfers>
 */
import { SyncHub, TypeOrmCommitStore } from '@atomsync/server';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../simulation/random';
import { ACCOUNTS, OPENING } from './accounts';

const AT_ONCE = 6;

async function work(folder: string, transfers: number): Promise<void> {
  const acks = openSync(join(folder, 'acks'), 'a');
  const hub = await SyncHub.open({
    store: new TypeOrmCommitStore({ type: 'better-sqlite3', database: join(folder, 'data.db') }),
  });
  const bank = hub.atom<number>('bank');
  await bank.transact(ACCOUNTS, (docs) => docs.withAll(ACCOUNTS.map((key) => [key, OPENING] as const)));
  writeSync(acks, 'ready\n');
  const random = seeded(7);
  let made = 0;
  const one = async (): Promise<void> => {
    while (made < transfers) {
      const mark = `m${++made}`;
      const [from, to, amount] = [random.pick(ACCOUNTS), random.pick(ACCOUNTS), 1 + random.below(9)];
      await bank.transact([from, to, mark], (docs) =>
        docs
          .with(from, docs.get(from)! - amount)
          .update(to, (balance) => balance + amount)
          .with(mark, made),
      );
      writeSync(acks, `${mark}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await hub.close();
}

const [folder = '', transfers = '0'] = process.argv.slice(2);
work(folder, Number(transfers)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
