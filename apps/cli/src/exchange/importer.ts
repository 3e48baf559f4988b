import { assertCarryable, assertGroup, assertKey } from '@atomsync/protocol';
import { CliError } from '../cli-error';
import { readLine, type ExportEnd, type ExportLine } from './export-line';
import type { LinePosition, TextLine } from './lines';
import { putBatch } from './put-batch';
import { ServerDocs } from './server-docs';
import type { PutChange, SyncHttp } from './sync-http';

/** Docs of one request, and characters of their lines, at most. */
const BATCH_DOCS = 2_000;
const BATCH_SIZE = 2 * 1024 * 1024;

/** What has been done with the lines so far. */
export interface Imported {
  /** Lines of docs. */
  lines: number;
  written: number;
  deleted: number;
  /** Docs that the server had already. */
  same: number;
}

export interface ImporterOptions {
  readonly http: SyncHttp;
  /** Only docs of these groups; of all where it is empty. */
  readonly groups: ReadonlySet<string>;
  readonly prefix: string;
  /** Hears through where everything is on the server. */
  readonly confirmed: (position: LinePosition) => Promise<void>;
}

/** Puts lines on a server, batch by batch, where they differ from what is there. The next batch is read while one is sent. */
export class Importer {
  readonly docs: ServerDocs;
  readonly imported: Imported = { lines: 0, written: 0, deleted: 0, same: 0 };
  /** The last line of an export, if it has come. */
  end: ExportEnd | undefined;
  readonly #options: ImporterOptions;
  #batch = new Map<string, PutChange>();
  #batchGroup = '';
  #batchSize = 0;
  #at: LinePosition = { number: 0, end: 0 };
  #sending: Promise<void> = Promise.resolve();

  constructor(options: ImporterOptions) {
    this.#options = options;
    this.docs = new ServerDocs(options.http, options.prefix);
  }

  /** @throws CliError `BAD_LINE`, and what the server refuses */
  async take(line: TextLine): Promise<void> {
    const read = await this.#read(line);
    if (read.kind === 'end') this.end = read.end;
    else if (read.kind === 'doc' || read.kind === 'deleted') await this.#takeDoc(read, line);
    this.#at = line;
  }

  /** What is in front of a line that cannot be read is put all the same. */
  async #read({ text, number }: TextLine): Promise<ExportLine> {
    try {
      return readLine(text, number);
    } catch (error) {
      await this.finish();
      throw error;
    }
  }

  /** Resolves when all is on the server. */
  async finish(): Promise<void> {
    await this.#send();
    await this.#sending;
  }

  async #takeDoc(read: Extract<ExportLine, { kind: 'doc' | 'deleted' }>, line: TextLine): Promise<void> {
    const { group, key } = read.kind === 'doc' ? read.doc : read;
    const { groups } = this.#options;
    if (groups.size > 0 && !groups.has(group)) return;
    await this.#check(read, group, key, line.number);
    if (group !== this.#batchGroup) {
      await this.#send();
      this.#batchGroup = group;
      await this.docs.open(group);
    }
    this.imported.lines++;
    if (read.kind === 'doc' ? !this.docs.digests.set(read.doc) : !this.docs.digests.delete(group, key)) {
      this.imported.same++;
      return;
    }
    if (read.kind === 'deleted') {
      this.imported.deleted++;
      this.#batch.set(key, { key, deleted: true });
    } else {
      this.imported.written++;
      const { value, schemaVersion } = read.doc;
      this.#batch.set(key, { key, value, schemaVersion });
    }
    this.#batchSize += line.text.length;
    if (this.#batch.size < BATCH_DOCS && this.#batchSize < BATCH_SIZE) return;
    this.#at = line;
    await this.#send();
  }

  async #check(read: ExportLine, group: string, key: string, number: number): Promise<void> {
    try {
      assertGroup(group);
      assertKey(key);
      if (read.kind === 'doc') assertCarryable(read.doc.value);
    } catch (error) {
      await this.finish();
      const { code, message } = error as { readonly code: string; readonly message: string };
      throw new CliError(code, `Line ${number}: ${message}`, 'Mend it; --resume goes on from there.');
    }
    const { prefix } = this.#options;
    if (key.startsWith(prefix)) return;
    await this.finish();
    throw new CliError(
      'OUT_OF_PREFIX',
      `Line ${number}: the key ${JSON.stringify(key)} does not begin with the prefix ${JSON.stringify(prefix)}.`,
      'Import without --prefix, or another file.',
    );
  }

  /** Sends what has gathered, when the batch before it has arrived. */
  async #send(): Promise<void> {
    await this.#sending;
    const { http, confirmed } = this.#options;
    const [group, changes, at] = [this.#batchGroup, [...this.#batch.values()], this.#at];
    this.#batch = new Map();
    this.#batchSize = 0;
    this.#sending = (async () => {
      if (changes.length > 0) await putBatch(http, group, changes);
      await confirmed(at);
    })();
    // It is awaited before the next one, or at the end.
    this.#sending.catch(() => undefined);
  }
}
