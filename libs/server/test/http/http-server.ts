import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import type { AtomSyncModuleOptions } from '../../src/nest/atom-sync.options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';

export const ADAPTERS: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

/** A real server on loopback. */
export class HttpServer {
  private constructor(
    readonly app: INestApplication,
    readonly server: Server,
  ) {}

  static async start(
    options: AtomSyncModuleOptions = {},
    {
      adapter = () => new ExpressAdapter(),
      controllers = [],
    }: { adapter?: () => AbstractHttpAdapter; controllers?: Type[] } = {},
  ): Promise<HttpServer> {
    const module = await Test.createTestingModule({
      imports: [host(controllers), AtomSyncModule.forRoot({ store: new MemoryCommitStore(), ...options })],
    }).compile();
    const app = module.createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    return new HttpServer(app, app.getHttpServer() as Server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.origin + path, init);
  }

  /** Posts JSON to the sync path. */
  async post(
    message: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown }> {
    const response = await this.fetch('/sync', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(message),
    });
    return { status: response.status, body: await response.json() };
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
    const response = await this.fetch(path, { headers });
    return { status: response.status, body: await response.json() };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

@Module({})
class HostModule {}

const host = (controllers: Type[]): DynamicModule => ({ module: HostModule, controllers });
