import { AtomSyncModule } from '@atomsync/server';
import { Module, type DynamicModule } from '@nestjs/common';
import { version } from './version';

/** The standalone server: sync at `/sync`, hints at `/events`, and `/docs`, `/health`, `/metrics`. */
@Module({})
export class AppModule {
  static on(file: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AtomSyncModule.forRoot({
          database: { type: 'better-sqlite3', database: file },
          http: {
            ...{ docs: true, health: true, metrics: true },
            healthDetails: () => ({ version, uptime: Math.round(process.uptime()) }),
          },
        }),
      ],
    };
  }
}
