/*
 * A server that knows the named swaps of this folder, and runs them itself where a client's result is stale:
 *
 *   knowing-server.process.ts <database file>
 */
import 'reflect-metadata';
import { inc } from '@atomsync/atom';
import { AtomSyncModule } from '@atomsync/server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { balance } from './balance';
import { hit, transfer } from './swaps';
import { portOfParent } from './swarm-process';

@Module({})
class KnowingModule {}

async function serve(file = ''): Promise<void> {
  const port = portOfParent();
  const module = {
    module: KnowingModule,
    imports: [
      AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: file } }),
      AtomSyncModule.forFeature([
        { group: 'counter*', swaps: [inc, hit] },
        { group: 'bank', swaps: [transfer], schema: balance },
      ]),
    ],
  };
  const app = await NestFactory.create(module, { logger: ['fatal', 'error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM']);
  await app.listen(0, '127.0.0.1');
  port.tell('listening', { port: ((app.getHttpServer() as Server).address() as AddressInfo).port });
}

void serve(process.argv[2]);
