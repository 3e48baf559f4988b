import { createReadStream, existsSync } from 'node:fs';
import { open, truncate, type FileHandle } from 'node:fs/promises';
import { CliError } from '../cli-error';
import { Digests } from './digests';
import { readLine, type ExportHeader, type ExportLine, type ExportMark } from './export-line';
import type { ExportedSoFar, ExportSink } from './export-writer';
import { linesOf } from './lines';

/** What a file holds, through its last mark. */
export interface ExportFileContents extends ExportedSoFar {
  readonly header: ExportHeader;
  /** Bytes that count; what is behind them is torn, or says that the export had ended. */
  readonly end: number;
}

/**
 * Reads what an export has written so far, through the last mark.
 *
 * @throws CliError `NOT_AN_EXPORT`, `BAD_LINE`
 */
export async function readExport(file: string, signal: AbortSignal): Promise<ExportFileContents> {
  const digests = new Digests();
  const marks = new Map<string, ExportMark>();
  let header: ExportHeader | undefined;
  let end = 0;
  let unmarked: ExportLine[] = [];
  for await (const { text, number, end: at, isWhole } of linesOf(createReadStream(file, { signal }))) {
    if (!isWhole) break;
    if (header === undefined) {
      header = readHeader(file, text, number);
      end = at;
      continue;
    }
    const line = readLine(text, number);
    if (line.kind !== 'mark') {
      unmarked.push(line);
      continue;
    }
    for (const each of unmarked) {
      if (each.kind === 'doc') digests.set(each.doc);
      if (each.kind === 'deleted') digests.delete(each.group, each.key);
    }
    unmarked = [];
    digests.open(line.mark.group);
    marks.set(line.mark.group, line.mark);
    end = at;
  }
  if (header === undefined) throw notAnExport(file);
  return { digests, marks, header, end };
}

function readHeader(file: string, text: string, number: number): ExportHeader {
  const first = text.startsWith('{"atomsync"') ? readLine(text, number) : undefined;
  if (first?.kind !== 'header') throw notAnExport(file);
  return first.header;
}

/** A file that lines are written to. It is opened with the first of them. */
export class ExportFile implements ExportSink {
  readonly #open: () => Promise<FileHandle>;
  #handle: Promise<FileHandle> | undefined;

  private constructor(open: () => Promise<FileHandle>) {
    this.#open = open;
  }

  /** @throws CliError `FILE_EXISTS` */
  static create(file: string, { force }: { readonly force: boolean }): ExportFile {
    if (!existsSync(file) || force) return new ExportFile(() => open(file, 'w'));
    throw new CliError(
      'FILE_EXISTS',
      `There is a file ${file} already.`,
      'Go on with it (--resume), or replace it (--force).',
    );
  }

  /** Goes on behind the first `end` bytes. */
  static goOn(file: string, end: number): ExportFile {
    return new ExportFile(async () => {
      await truncate(file, end);
      return open(file, 'a');
    });
  }

  async write(text: string): Promise<void> {
    await (await (this.#handle ??= this.#open())).appendFile(text);
  }

  /** Resolves when what was written would survive a power cut. */
  async close(): Promise<void> {
    const handle = await this.#handle;
    await handle?.sync();
    await handle?.close();
  }
}

const notAnExport = (file: string): CliError =>
  new CliError(
    'NOT_AN_EXPORT',
    `${file} does not begin as an export of atomsync does.`,
    'Name the file that the export was writing, or begin anew with --force.',
  );
