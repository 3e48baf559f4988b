import { AtomSyncModule } from '@atomsync/server';
import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController } from './health.controller';

/** The standalone server: sync at `/sync`, health at `/health`. */
@Module({})
export class AppModule {
  static on(file: string): DynamicModule {
    return {
      module: AppModule,
      imports: [AtomSyncModule.forRoot({ database: { type: 'better-sqlite3', database: file } })],
      controllers: [HealthController],
    };
  }
}
