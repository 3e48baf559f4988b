import 'reflect-metadata';
import { AtomSyncModule, StaticUsersAuth, type SyncAuth } from '@atomsync/server';
import { ConsoleLogger, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Cli } from '../cli';
import { CliError } from '../cli-error';
import { interrupted } from '../interrupt';
import { serverAuth } from '../server-auth';
import { readUsers } from '../users-file';
import { version } from '../version';

export interface ServeChoice {
  readonly port: number;
  readonly host?: string;
  readonly db: string;
  readonly path: string;
  readonly users?: string;
  readonly jwtSecretFile?: string;
  readonly origin?: readonly string[];
  /** Milliseconds for which deleted docs are remembered. */
  readonly retention: number;
}

/** The standalone server. */
@Module({})
class ServeModule {
  static of({ db, path, origin, retention }: ServeChoice, auth: SyncAuth | undefined): DynamicModule {
    return {
      module: ServeModule,
      imports: [
        AtomSyncModule.forRoot({
          database: { type: 'better-sqlite3', database: db },
          path,
          retention: { tombstones: retention },
          ...(auth && { auth }),
          ...(origin && { origins: origin.includes('*') ? '*' : origin }),
          http: {
            ...{ docs: true, health: true, metrics: true },
            healthDetails: () => ({ version, uptime: Math.round(process.uptime()) }),
          },
        }),
      ],
    };
  }
}

/** Who tells why an app does not start. */
const STARTING: ReadonlySet<unknown> = new Set(['NestApplication', 'ExceptionHandler']);

/** Warnings and faults only, and not what is told better when the server does not start. */
class QuietLogger extends ConsoleLogger {
  constructor() {
    super({ logLevels: ['fatal', 'error', 'warn'] });
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!STARTING.has(rest.at(-1))) super.error(message, ...rest);
  }
}

/** Serves until Ctrl-C, and ends in good order. */
export async function serve({ terminal, signal, env }: Cli, choice: ServeChoice): Promise<void> {
  const { port, host, db, path, users } = choice;
  const auth = serverAuth(choice, env);
  const app = await NestFactory.create(ServeModule.of(choice, auth), {
    logger: new QuietLogger(),
    abortOnError: false,
  });
  try {
    await (host === undefined ? app.listen(port) : app.listen(port, host));
  } catch (error) {
    await app.close().catch(() => undefined);
    throw listenError(error, port);
  }
  if (users !== undefined && auth instanceof StaticUsersAuth) {
    process.on('SIGHUP', () => {
      try {
        auth.replace(readUsers(users));
        terminal.note(`${users} read again`);
      } catch (error) {
        terminal.warn(
          `${error instanceof Error ? error.message : String(error)} The users stay as they were.`,
        );
      }
    });
  }
  const { port: bound } = (app.getHttpServer() as Server).address() as AddressInfo;
  const address = `${host === undefined ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${bound}`;
  if (terminal.json) {
    terminal.print(
      JSON.stringify({ server: `ws://${address}${path}`, port: bound, db: resolve(db), pid: process.pid }),
    );
  } else {
    terminal.print(`Atomsync on ${terminal.paint('cyan', `http://${address}`)}, data in ${resolve(db)}`);
    terminal.note(
      terminal.paintNote('dim', `sync at ws://${address}${path}; ${AUTH[authKind(auth)]}; Ctrl-C ends it`),
    );
  }
  await interrupted(signal);
  await app.close();
}

const AUTH = {
  open: 'everyone may do everything',
  users: 'users of the file',
  jwt: 'JSON Web Tokens',
} as const;

const authKind = (auth: SyncAuth | undefined): keyof typeof AUTH => {
  if (auth === undefined) return 'open';
  return auth instanceof StaticUsersAuth ? 'users' : 'jwt';
};

function listenError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new CliError(
      code,
      `Port ${port} is in use.`,
      `Stop what listens there, or take another one: --port ${port + 1}.`,
    );
  }
  if (code === 'EACCES') {
    return new CliError(
      code,
      `Port ${port} may not be used by this user.`,
      'Take one above 1023: --port 8090.',
    );
  }
  return error;
}
