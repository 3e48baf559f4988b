import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { AppModule } from './app.module';
import { readArguments, USAGE, type Arguments } from './arguments';
import { explain } from './explain';
import { QuietLogger } from './quiet-logger';

async function serve(asked: Extract<Arguments, { kind: 'serve' }>): Promise<void> {
  const { port, file, host, databaseUrl, redisUrl } = asked;
  const module = databaseUrl === undefined ? AppModule.on(file) : AppModule.among(databaseUrl, redisUrl);
  const app = await NestFactory.create(module, {
    logger: new QuietLogger(),
    abortOnError: false,
  });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await (host === undefined ? app.listen(port) : app.listen(port, host));
  const { port: bound } = (app.getHttpServer() as Server).address() as AddressInfo;
  const data = databaseUrl === undefined ? resolve(file) : withoutSecrets(databaseUrl);
  console.log(`Atomsync on http://${host ?? 'localhost'}:${bound}, data in ${data}`);
}

/** What of an address may be read by anyone. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const asked = readArguments(process.argv.slice(2), process.env);
if (asked.kind === 'help') {
  console.log(USAGE);
} else if (asked.kind === 'wrong') {
  console.error(`${asked.message}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  serve(asked).catch((error: unknown) => {
    console.error(explain(error, asked.port));
    process.exit(1);
  });
}
