import { Digests } from './digests';
import { writeLine, type ExportEnd, type ExportHeader, type ExportMark } from './export-line';
import type { SourcePage } from './export-source';

/** Where lines go. */
export interface ExportSink {
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
}

/** What was in a file before. */
export interface ExportedSoFar {
  readonly digests: Digests;
  readonly marks: ReadonlyMap<string, ExportMark>;
}

/** Writes what differs from what has been written. */
export class ExportWriter {
  readonly #sink: ExportSink;
  readonly #digests: Digests;
  readonly #marks: Map<string, ExportMark>;
  /** Lines of docs written by now. */
  written = 0;

  /** Written before all else, unless something was there before. */
  #header: string;

  constructor(sink: ExportSink, header: ExportHeader, before?: ExportedSoFar) {
    this.#sink = sink;
    this.#header = before ? '' : writeLine({ kind: 'header', header });
    this.#digests = before?.digests ?? new Digests();
    this.#marks = new Map(before?.marks);
  }

  /** Through where a group has been written. */
  mark(group: string): ExportMark | undefined {
    return this.#marks.get(group);
  }

  async page(group: string, { docs, mark }: SourcePage): Promise<void> {
    const lines: string[] = [];
    for (const { key, schemaVersion = 1, deleted, value } of docs) {
      if (deleted) {
        if (this.#digests.delete(group, key)) lines.push(writeLine({ kind: 'deleted', group, key }));
      } else {
        const doc = { group, key, schemaVersion, value };
        if (this.#digests.set(doc)) lines.push(writeLine({ kind: 'doc', doc }));
      }
    }
    this.written += lines.length;
    this.#marks.set(group, mark);
    this.#digests.open(group);
    await this.#write(lines.join('') + writeLine({ kind: 'mark', mark }));
  }

  async end(): Promise<ExportEnd> {
    const groups = this.#digests.groups.map((group) => ({
      ...{ group, version: this.#marks.get(group)?.version ?? 0 },
      ...this.#digests.sum([group]),
    }));
    const end = { ...this.#digests.sum(), groups };
    await this.#write(writeLine({ kind: 'end', end }));
    return end;
  }

  async #write(text: string): Promise<void> {
    const header = this.#header;
    this.#header = '';
    await this.#sink.write(header + text);
  }
}
