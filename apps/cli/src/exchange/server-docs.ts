import { Digests, type Sum } from './digests';
import type { SyncHttp } from './sync-http';

/** What a server holds of some groups: digests of docs, not the docs. */
export class ServerDocs {
  readonly digests = new Digests();
  readonly #http: SyncHttp;
  readonly #prefix: string;
  readonly #cursors = new Map<string, string>();

  constructor(http: SyncHttp, prefix: string) {
    this.#http = http;
    this.#prefix = prefix;
  }

  get groups(): readonly string[] {
    return [...this.#cursors.keys()];
  }

  /** Looks what is there in a group, the first time it is named. */
  async open(group: string, heard: (docs: number) => void = () => undefined): Promise<void> {
    if (!this.#cursors.has(group)) await this.#read(group, heard);
  }

  /** Looks what has changed since, in all groups, and what they come to. */
  async readAgain(heard: (docs: number) => void): Promise<Sum> {
    for (const group of this.groups) await this.#read(group, heard);
    return this.digests.sum();
  }

  async #read(group: string, heard: (docs: number) => void): Promise<void> {
    this.digests.open(group);
    let read = 0;
    for await (const { docs, full, cursor } of this.#http.pages(
      group,
      this.#prefix,
      this.#cursors.get(group),
    )) {
      if (full) this.digests.clear(group);
      for (const { key, value, deleted, schemaVersion = 1 } of docs) {
        if (deleted) this.digests.delete(group, key);
        else this.digests.set({ group, key, value, schemaVersion });
      }
      read += docs.length;
      heard(read);
      this.#cursors.set(group, cursor);
    }
  }
}
