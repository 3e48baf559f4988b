import { Test } from '@nestjs/testing';
import { AtomSyncModule } from '@atomsync/server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith, POSTGRES_URL } from '../../../test/support/servers';
import { postgresPlace } from '../../../libs/server/test/support/postgres-place';
import { atomsyncJson } from './support/atomsync';
import { everyType } from './support/every-type';
import { Served } from './support/served';

describeWith(POSTGRES_URL)('a data set', () => {
  it('moves from SQLite to PostgreSQL and back by export and import, with one digest', async () => {
    const place = await postgresPlace();
    const module = await Test.createTestingModule({
      imports: [AtomSyncModule.forRoot({ database: { type: 'postgres', url: place.url } })],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    const [from, back] = await Promise.all([Served.start(), Served.start()]);
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
      const server = ['--server', `ws://127.0.0.1:${port}/sync`];
      await from.put('types', 'all', everyType);
      for (let n = 0; n < 20; n++) await from.put(`list/${n % 3}`, `k${n}`, { n, text: 'ä\u{10FFFF}' });
      await from.put('list/1', 'k1', undefined);
      await from.end();

      const file = from.file('all.ndjson');
      const { docs, digest } = await atomsyncJson(['export', file, '--db', from.db]);
      expect(docs).toBe(20);
      expect(await atomsyncJson(['import', file, ...server])).toMatchObject({ docs, digest, equal: true });

      const again = from.file('again.ndjson');
      const groups = ['types', 'list/0', 'list/1', 'list/2'].flatMap((group) => ['--group', group]);
      expect(await atomsyncJson(['export', again, ...groups, ...server])).toMatchObject({ docs, digest });
      expect(await atomsyncJson(['import', again, ...back.server])).toMatchObject({ digest, equal: true });
    } finally {
      await Promise.all([from.dispose(), back.dispose()]);
      await app.close();
      await place.dispose();
    }
  });
});
