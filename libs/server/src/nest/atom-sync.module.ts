import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { GroupFeature } from '../features';
import { AtomSyncFeatureModule } from './atom-sync.feature-module';
import { AtomSyncGateway } from './atom-sync.gateway';
import { AtomSyncHttp } from './atom-sync.http';
import { AtomSyncModuleBase } from './atom-sync.module-definition';
import { AtomSyncService } from './atom-sync.service';
import { OnCommitExplorer } from './on-commit.explorer';

/**
 * Synced atoms in a Nest app: the gateway on the app's HTTP server, `AtomSyncService`, and handlers with `OnCommit`.
 * Imported once; the service is there for all modules, unless `isGlobal` is `false`.
 *
 * @example
 * @Module({ imports: [AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: 'my-data.db' } })] })
 * class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers: [AtomSyncService, AtomSyncGateway, AtomSyncHttp, OnCommitExplorer],
  exports: [AtomSyncService],
})
export class AtomSyncModule extends AtomSyncModuleBase {
  /**
   * Tells the server what it knows of some groups: the schema of their docs, and the named swaps that it runs
   * itself where a client's result has become stale. The atoms of groups that are named in full can be injected
   * wherever the returned module is imported.
   *
   * @example
   * AtomSyncModule.forFeature([{ group: 'list/*', schema: TodoSchema, swaps: [inc] }])
   */
  static forFeature(features: readonly GroupFeature[]): DynamicModule {
    return AtomSyncFeatureModule.with(features);
  }
}
