import type { LocalStoreMedium } from '../../../testing/src/local-store-medium';
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualTimeScheduler } from 'rxjs';
import { fileLocalStore, type FileLocalStoreOptions } from '../../src/store/file-local-store';
import { fileNameOf } from '../../src/store/group-files';
import type { LocalStore } from '../../src/store/local-store';

/** A directory of its own under the system's temporary one. */
export class FileMedium implements LocalStoreMedium {
  private constructor(
    readonly directory: string,
    readonly options: FileLocalStoreOptions,
  ) {}

  static async create(options: FileLocalStoreOptions = {}): Promise<FileMedium> {
    const directory = await mkdtemp(join(tmpdir(), 'atomsync-store-'));
    // Virtual time stands still: nothing is compacted for idleness unless the test says so.
    return new FileMedium(directory, { scheduler: new VirtualTimeScheduler(), ...options });
  }

  open(): LocalStore {
    return fileLocalStore(this.directory, this.options);
  }

  async crashed(): Promise<FileMedium> {
    const copy = await FileMedium.create(this.options);
    await cp(this.directory, copy.directory, { recursive: true, filter: (path) => !path.includes('.lock') });
    return copy;
  }

  async *torn(group: string, append: () => Promise<void>): AsyncGenerator<FileMedium> {
    const before = (await stat(await this.lastJournal(group))).size;
    await append();
    const name = await this.lastJournal(group);
    const after = (await stat(name)).size;
    for (let cut = before; cut <= after; cut++) {
      yield await this.#copyWith(group, (path) => truncate(path, cut));
      if (cut % 5 !== 0 || cut === after) continue;
      // A file system may have noted the new length before the bytes came.
      yield await this.#copyWith(group, (path) => this.#overwrite(path, cut, () => 0));
      yield await this.#copyWith(group, (path) => this.#overwrite(path, cut, (byte) => byte ^ 0x55));
    }
  }

  async files(suffix = ''): Promise<string[]> {
    return (await readdir(this.directory)).filter((name) => name.endsWith(suffix)).sort();
  }

  async lastJournal(group: string): Promise<string> {
    const journals = (await this.files('.journal')).filter((name) => name.startsWith(fileNameOf(group)));
    return join(this.directory, journals.at(-1) as string);
  }

  async snapshot(group: string): Promise<string> {
    return join(this.directory, `${fileNameOf(group)}.snapshot`);
  }

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #copyWith(group: string, damage: (path: string) => Promise<void>): Promise<FileMedium> {
    const copy = await this.crashed();
    await damage(await copy.lastJournal(group));
    return copy;
  }

  async #overwrite(path: string, from: number, change: (byte: number) => number): Promise<void> {
    const bytes = await readFile(path);
    for (let i = from; i < bytes.length; i++) bytes[i] = change(bytes[i] as number);
    await writeFile(path, bytes);
  }
}
