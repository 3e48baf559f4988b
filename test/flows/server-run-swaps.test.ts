import { defineSwap, inc, type StandardSchemaV1 } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type AtomSync, type Rejected, type SyncedAtom } from '@atomsync/client';
import { AtomSyncModule } from '@atomsync/server';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TRANSPORTS } from '../support/stage';
import { until } from '../support/until';

const add = defineSwap('flows/add', (n: number, by: number) => n + by);

/** The server is stricter than its clients, whose own value passes. */
const atMost1000: StandardSchemaV1<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' && value <= 1000 ? { value } : { issues: [{ message: 'above 1000' }] },
  },
};

@Module({
  imports: [
    AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: ':memory:' } }),
    AtomSyncModule.forFeature([{ group: 'counters/*', schema: atMost1000, swaps: [inc, add] }]),
  ],
})
class AppModule {}

describe.each(TRANSPORTS)('swaps that a Nest app runs itself, over %s', (_, transport) => {
  let app: INestApplication;
  let conns: AtomSync[];
  beforeEach(async () => {
    conns = [];
    app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    await Promise.all(conns.map((conn) => conn.close()));
    await app.close();
  });

  const client = (name: string): [AtomSync, SyncedAtom<number>] => {
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const conn = openAtomSync(name, { server: `ws://127.0.0.1:${port}/sync`, ...transport });
    conns.push(conn);
    return [conn, syncedAtom<number>(conn, 'counters/home')];
  };

  it('18. one that fails there is rolled back and kept, and the plain swap on top of it runs again without it', async () => {
    const [[conn, a], [, b]] = [client('a'), client('b')];
    a.put('n', 5);
    await a.settled();
    await until(b, (docs) => docs.get('n') === 5);
    conn.pause();
    b.put('n', 1000);
    await b.settled();
    a.at('n').swap(inc);
    a.at('n').swap((n) => n - 1);
    expect(a.value.get('n')).toBe(5);

    conn.resume();
    const [rejected] = await until(conn.rejected$, (list: readonly Rejected[]) => list.length > 0);
    expect(rejected).toMatchObject({ code: 'INVALID', group: 'counters/home' });
    await Promise.all([a, b].map((atom) => until(atom, (docs) => docs.get('n') === 999)));
    await a.settled();

    b.at('n').swap((n) => n - 10);
    await until(a, (docs) => docs.get('n') === 989);
    rejected!.retry();
    await until(b, (docs) => docs.get('n') === 990);
    expect(await until(conn.rejected$, (list) => list.length === 0)).toEqual([]);
  }, 30_000);

  it('come to the sum, whoever else swaps at the same time', async () => {
    const atoms = ['a', 'b', 'c'].map((name) => client(name)[1]);
    await Promise.all(atoms.map((atom) => atom.ready()));
    for (let round = 0; round < 20; round++) {
      for (const atom of atoms) atom.at('sum', { default: 0 }).swap(add, 2);
    }
    await Promise.all(atoms.map((atom) => until(atom, (docs) => docs.get('sum') === 120)));
    await Promise.all(atoms.map((atom) => atom.settled()));
    expect(atoms.map((atom) => atom.value.get('sum'))).toEqual([120, 120, 120]);
  }, 30_000);
});
