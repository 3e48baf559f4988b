import { Module, type DynamicModule } from '@nestjs/common';
import type { GroupFeature } from '../features';
import { AtomSyncFeatureModule } from './atom-sync.feature-module';
import { AtomSyncGateway } from './atom-sync.gateway';
import { AtomSyncHttp } from './atom-sync.http';
import { AtomSyncModuleBase } from './atom-sync.module-definition';
import { AtomSyncService } from './atom-sync.service';

/**
 * Synced atoms in a Nest app: the gateway on the app's HTTP server, and `AtomSyncService`.
 *
 * @example
 * @Module({ imports: [AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: 'my-data.db' } })] })
 * class AppModule {}
 */
@Module({ providers: [AtomSyncService, AtomSyncGateway, AtomSyncHttp], exports: [AtomSyncService] })
export class AtomSyncModule extends AtomSyncModuleBase {
  /**
   * Tells the server what it knows of some groups: the schema of their docs, and the named swaps that it runs
   * itself where a client's result has become stale.
   *
   * @example
   * AtomSyncModule.forFeature([{ group: 'list/*', schema: TodoSchema, swaps: [inc] }])
   */
  static forFeature(features: readonly GroupFeature[]): DynamicModule {
    return AtomSyncFeatureModule.with(features);
  }
}
