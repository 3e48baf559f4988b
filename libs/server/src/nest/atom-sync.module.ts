import { Module } from '@nestjs/common';
import { AtomSyncGateway } from './atom-sync.gateway';
import { AtomSyncModuleBase } from './atom-sync.module-definition';
import { AtomSyncService } from './atom-sync.service';

/**
 * Synced atoms in a Nest app: the gateway on the app's HTTP server, and `AtomSyncService`.
 *
 * @example
 * @Module({ imports: [AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: 'my-data.db' } })] })
 * class AppModule {}
 */
@Module({ providers: [AtomSyncService, AtomSyncGateway], exports: [AtomSyncService] })
export class AtomSyncModule extends AtomSyncModuleBase {}
