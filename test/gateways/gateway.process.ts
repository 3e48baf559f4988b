/*
 * One of several gateways on the same data. It knows the named swaps of the swarm, and notes each commit to the counter
 * that it is told of:
 *
 *   gateway.process.ts <order as JSON>
 */
import 'reflect-metadata';
import { inc } from '@atomsync/atom';
import { AtomSyncModule, OnCommit, type Commit } from '@atomsync/server';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { appendFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { balance } from '../swarm/balance';
import { hit, transfer } from '../swarm/swaps';
import { portOfParent } from '../swarm/swarm-process';
import type { GatewayOrder } from './gateways';

const order = JSON.parse(process.argv[2] ?? '') as GatewayOrder;

@Injectable()
class Told {
  @OnCommit('counter')
  note({ from, version }: Commit): void {
    appendFileSync(order.told, `${from} ${version}\n`);
  }
}

@Module({ providers: [Told] })
class GatewayModule {}

async function serve(): Promise<void> {
  const port = portOfParent();
  const { databaseUrl, redisUrl } = order;
  const module = {
    module: GatewayModule,
    imports: [
      AtomSyncModule.forRoot({
        database: { type: 'postgres', url: databaseUrl, poolSize: 5 },
        ...(redisUrl !== undefined && { bus: { type: 'redis', url: redisUrl } }),
        http: { health: true },
      }),
      AtomSyncModule.forFeature([
        { group: 'counter', swaps: [inc, hit] },
        { group: 'bank', swaps: [transfer], schema: balance },
      ]),
    ],
  };
  const app = await NestFactory.create(module, { logger: false });
  app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
  await app.listen(0, '127.0.0.1');
  port.tell('listening', { port: ((app.getHttpServer() as Server).address() as AddressInfo).port });
}

serve().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
