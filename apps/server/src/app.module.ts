import { AtomSyncModule } from '@atomsync/server';
import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { todoApp } from './todo-app';
import { version } from './version';

/** The standalone server: the todo app at `/`, sync at `/sync`, hints at `/events`, and `/docs`, `/health`, `/metrics`. */
@Module({})
export class AppModule implements NestModule {
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

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(todoApp()).forRoutes('{*path}');
  }
}
