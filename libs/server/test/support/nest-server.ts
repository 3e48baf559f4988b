import type { INestApplication, LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Server } from 'node:http';
import { AtomSyncModule } from '../../src/nest/atom-sync.module';
import type { AtomSyncModuleOptions } from '../../src/nest/atom-sync.options';
import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';

/** A Nest app with the module, listening on the loopback. */
export interface NestServer {
  readonly http: Server;
  readonly sync: AtomSyncService;
  close(): Promise<void>;
}

export async function nestServer(
  options: AtomSyncModuleOptions = {},
  logger: LoggerService | false = false,
): Promise<NestServer> {
  const data = options.database === undefined ? { store: new MemoryCommitStore() } : {};
  const module = await Test.createTestingModule({
    imports: [AtomSyncModule.forRoot({ ...data, ...options })],
  }).compile();
  const app: INestApplication = module.createNestApplication({ logger });
  await app.listen(0, '127.0.0.1');
  return {
    http: app.getHttpServer() as Server,
    sync: app.get(AtomSyncService),
    close: () => app.close(),
  };
}
