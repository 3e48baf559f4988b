/*
 * A server that knows the named swap `inc` for groups `counter*`, as an app declares it; else it is the standalone one.
 */
import 'reflect-metadata';
import { inc } from '@atomsync/atom';
import { AtomSyncModule } from '@atomsync/server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

@Module({})
class CountingModule {}

async function serve(database: string): Promise<void> {
  const module = {
    module: CountingModule,
    imports: [
      AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database } }),
      AtomSyncModule.forFeature([{ group: 'counter*', swaps: [inc] }]),
    ],
  };
  const app = await NestFactory.create(module, { logger: ['fatal', 'error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  console.log(`Counting on http://localhost:${port}`);
}

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });
serve(values.db ?? 'counting.db').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
