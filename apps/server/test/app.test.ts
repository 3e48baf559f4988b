import { AtomSyncServerError } from '@atomsync/server';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../src/app.module';
import { explain } from '../src/explain';
import { version } from '../src/version';

it('tells its health', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-app-'));
  const module = await Test.createTestingModule({
    imports: [AppModule.on(join(folder, 'data.db'))],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: 'ok', epoch: expect.any(String), connections: 0, version, uptime: expect.any(Number) },
  ]);
  await app.close();
  await rm(folder, { recursive: true });
});

it.each([
  [Object.assign(new Error(), { code: 'EADDRINUSE' }), 'Port 8090 is in use'],
  [Object.assign(new Error(), { code: 'EACCES' }), 'Port 8090 may not be used'],
  [new AtomSyncServerError('DATABASE_IN_USE', 'The file is taken.'), 'The file is taken. (DATABASE_IN_USE)'],
  [new Error('anything else'), 'anything else'],
])('explains %p', (error, said) => {
  expect(explain(error, 8090)).toContain(said);
});
