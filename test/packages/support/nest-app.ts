import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInstall, type QuickStart } from './read-me';
import { freePort } from '../../support/free-port';
import type { Running, Workshop } from './workshop';

/** An app as the Nest CLI makes it, and a program of its own that has `@atomsync/client` alone. */
export class NestApp {
  readonly #workshop: Workshop;
  readonly #folder: string;
  readonly #client: string;

  /** @param folder where the Nest CLI has made it */
  constructor(workshop: Workshop, folder: string) {
    this.#workshop = workshop;
    this.#folder = folder;
    this.#client = workshop.folder('client', 'fixtures/client');
  }

  /** Which Nest it has, as `12.0.1`. */
  get nest(): string {
    const manifest = readFileSync(join(this.#folder, 'node_modules/@nestjs/core/package.json'), 'utf8');
    return (JSON.parse(manifest) as { readonly version: string }).version;
  }

  /** Does what the README says, and builds the app with what its package.json has for that. */
  async follow(readMe: QuickStart): Promise<void> {
    await Promise.all([
      this.#workshop.install(this.#folder, ...readMe.install),
      this.#workshop.install(this.#client, ...readInstall('libs/client/README.md')),
    ]);
    this.#edit('src/app.module.ts', (text) =>
      `${readMe.import}\n${text}`.replace('imports: []', `imports: [${readMe.module}]`),
    );
    this.#edit('src/main.ts', (text) =>
      text.replace(/^(\s*)(await app\.listen)/m, (_, indent: string, listen: string) =>
        [...readMe.beforeListening, listen].map((line) => indent + line).join('\n'),
      ),
    );
    await this.#workshop.run(this.#folder, 'npm', 'run', 'build');
  }

  /** Starts the built app, has `use` use it, and ends it in good order. */
  async whileRunning(use: (server: string) => Promise<void>): Promise<void> {
    const port = await freePort();
    const ready = /successfully started/;
    const app: Running = await this.#workshop.start(
      this.#folder,
      { PORT: String(port) },
      ready,
      'node',
      'dist/main.js',
    );
    try {
      await use(`ws://127.0.0.1:${port}/sync`);
    } finally {
      await app.end();
    }
  }

  /** Runs a program of the client's folder against a server. */
  async client(program: string, server: string): Promise<string> {
    return this.#workshop.runWithin(60_000, this.#client, 'node', program, server);
  }

  /** Runs a script of the app's package.json. */
  async script(name: string): Promise<string> {
    return this.#workshop.run(this.#folder, 'npm', 'run', name);
  }

  #edit(file: string, change: (text: string) => string): void {
    const path = join(this.#folder, file);
    const text = readFileSync(path, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`There is no place in ${path} for what the README says.`);
    writeFileSync(path, changed);
  }
}
