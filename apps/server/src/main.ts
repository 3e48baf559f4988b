import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { AppModule } from './app.module';
import { readArguments, USAGE, type Arguments } from './arguments';
import { explain } from './explain';
import { QuietLogger } from './quiet-logger';

async function serve({ port, file, host }: Extract<Arguments, { kind: 'serve' }>): Promise<void> {
  const app = await NestFactory.create(AppModule.on(file), {
    logger: new QuietLogger(),
    abortOnError: false,
  });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await (host === undefined ? app.listen(port) : app.listen(port, host));
  const { port: bound } = (app.getHttpServer() as Server).address() as AddressInfo;
  console.log(`Atomsync on http://${host ?? 'localhost'}:${bound}, data in ${resolve(file)}`);
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
