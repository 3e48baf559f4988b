import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInstall } from './read-me';
import type { Workshop } from './workshop';

const COMPONENT = `
import { Component, computed } from '@angular/core';
import { injectSyncedAtom } from '@atomsync/angular';

interface Note {
  readonly text: string;
}

@Component({
  selector: 'app-root',
  template: \`
    <button id="add" (click)="add()">Add</button>
    <output id="notes">{{ text() }}</output>
  \`,
})
export class App {
  private readonly notes = injectSyncedAtom<Note>('angular-notes');
  protected readonly text = computed(() => this.notes.list().map(({ text }) => text).join(', '));

  protected add(): void {
    const receipt = this.notes.atom.transact((docs) =>
      docs.with('note:' + docs.size, { text: 'Note ' + docs.size }),
    );
    void receipt.durable.then(() => document.body.setAttribute('data-durable', ''));
  }
}
`;
const PROVIDER = `provideAtomSync(() => {
      const query = new URLSearchParams(location.search);
      return { name: 'angular', server: query.get('server') ?? '/sync', paused: query.has('offline') };
    })`;

/** An app as the Angular CLI makes it, with one synced atom. */
export class AngularApp {
  readonly #workshop: Workshop;
  readonly #folder: string;

  /** @param cli the command that is the Angular CLI */
  static async create(workshop: Workshop, ...cli: readonly [string, ...string[]]): Promise<AngularApp> {
    const options = ['--skip-git', '--defaults', '--minimal', '--skip-install', '--package-manager', 'npm'];
    const [command, ...args] = cli;
    await workshop.run(workshop.home, command, ...args, 'new', 'app', ...options);
    const app = new AngularApp(workshop, workshop.folder('app'));
    app.#edit('package.json', withAnyOfMajor);
    await workshop.install(app.#folder, ...readInstall('libs/angular/README.md'));
    app.#write();
    return app;
  }

  private constructor(workshop: Workshop, folder: string) {
    this.#workshop = workshop;
    this.#folder = folder;
  }

  /** Builds it for production. @returns what the build said */
  async build(): Promise<string> {
    return this.#workshop.run(this.#folder, 'npx', 'ng', 'build');
  }

  /** What is served. */
  get built(): string {
    return join(this.#folder, 'dist/app/browser');
  }

  #write(): void {
    writeFileSync(join(this.#folder, 'src/app/app.ts'), COMPONENT);
    this.#edit('src/app/app.config.ts', (config) =>
      `import { provideAtomSync } from '@atomsync/angular';\n${config}`.replace(
        'providers: [',
        `providers: [\n    ${PROVIDER},`,
      ),
    );
  }

  #edit(file: string, change: (text: string) => string): void {
    const path = join(this.#folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
}

/** The CLI asks for tools as new as itself, which are published one after the other. */
const withAnyOfMajor = (manifest: string): string =>
  manifest.replace(/("@angular\/(?:build|cli)": "\^\d+)\.\d+\.\d+"/g, '$1.0.0"');
