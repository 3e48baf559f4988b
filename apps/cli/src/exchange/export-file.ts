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

/** A file that lines are written to. */
export class ExportFile implements ExportSink {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws CliError `FILE_EXISTS` */
  static async create(file: string, { force }: { readonly force: boolean }): Promise<ExportFile> {
    if (existsSync(file) && !force) {
      throw new CliError(
        'FILE_EXISTS',
        `There is a file ${file} already.`,
        'Go on with it (--resume), or replace it (--force).',
      );
    }
    return new ExportFile(await open(file, 'w'));
  }

  /** Goes on behind the first `end` bytes. */
  static async goOn(file: string, end: number): Promise<ExportFile> {
    await truncate(file, end);
    return new ExportFile(await open(file, 'a'));
  }

  async write(text: string): Promise<void> {
    await this.#handle.appendFile(text);
  }

  async close(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
  }
}

const notAnExport = (file: string): CliError =>
  new CliError(
    'NOT_AN_EXPORT',
    `${file} does not begin as an export of atomsync does.`,
    'Name the file that the export was writing, or begin anew with --force.',
  );
