import { AtomSyncModule, type AtomSyncModuleOptions } from '@atomsync/server';
import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { todoApp } from './todo-app';
import { version } from './version';

/** The standalone server: the todo app at `/`, sync at `/sync`, hints at `/events`, and `/docs`, `/health`, `/metrics`. */
@Module({})
export class AppModule implements NestModule {
  /** On an SQLite file. */
  static on(file: string): DynamicModule {
    return AppModule.with({ database: { type: 'better-sqlite3', database: file } });
  }

  /** On PostgreSQL, as one of several that tell each other of changes over Redis. */
  static among(databaseUrl: string, redisUrl: string | undefined): DynamicModule {
    return AppModule.with({
      database: { type: 'postgres', url: databaseUrl },
      ...(redisUrl !== undefined && { bus: { type: 'redis', url: redisUrl } }),
    });
  }

  private static with(data: Pick<AtomSyncModuleOptions, 'database' | 'bus'>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AtomSyncModule.forRoot({
          ...data,
          http: {
            ...{ docs: true, health: true, metrics: true },
            healthDetails: () => ({ version, uptime: Math.round(process.uptime()) }),
          },
        }),
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(todoApp()).forRoutes('{*path}');
  }
}
