import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Cli } from '../cli';
import { CliError, usageError } from '../cli-error';
import type { Sum } from '../exchange/digests';
import { Importer } from '../exchange/importer';
import { firstOf, ImportStateFile } from '../exchange/import-state';
import { readLine } from '../exchange/export-line';
import { linesOf, type LinePosition } from '../exchange/lines';
import { SyncHttp } from '../exchange/sync-http';
import type { ServerChoice } from '../options/server-options';
import { Progress } from '../output/progress';
import { count, seconds } from '../output/table';

export interface ImportChoice extends ServerChoice {
  /** `undefined`: stdin. */
  readonly file: string | undefined;
  /** Only these; all where it is empty. */
  readonly groups: readonly string[];
  readonly prefix: string;
  readonly resume: boolean;
  /** For how long to try again where the server cannot be had; milliseconds. */
  readonly retry: number;
}

const START: LinePosition = { number: 0, end: 0 };

export async function importDocs(
  cli: Cli,
  choice: ImportChoice,
  now = () => performance.now(),
): Promise<void> {
  const { terminal, signal } = cli;
  const { file, groups, prefix } = choice;
  const began = now();
  const http = new SyncHttp(choice, signal, choice.retry);
  const place = await Place.of(choice, http.url);
  const importer = new Importer({
    ...{ http, prefix, groups: new Set(groups) },
    confirmed: (position) => place.keep(position),
  });
  const hasHeader = place.hasHeader;
  let isExport = hasHeader ?? false;
  const size = file === undefined ? undefined : (await stat(file)).size;
  const progress = new Progress(terminal, 'import', size);
  try {
    const chunks = file === undefined ? process.stdin : createReadStream(file, { start: place.start.end });
    for await (const line of linesOf(chunks as AsyncIterable<Buffer>, place.start)) {
      signal.throwIfAborted();
      if (line.number === 1) isExport = line.text.startsWith('{"atomsync"');
      // The end of an export that was interrupted is torn.
      if (!line.isWhole && line.number > 1 && isExport && !canBeRead(line.text, line.number)) break;
      await importer.take(line);
      progress.update(line.end, count(importer.imported.lines, 'doc'));
    }
    await importer.finish();
  } finally {
    progress.end();
  }
  const { end } = importer;
  if (isExport && end === undefined) throw incomplete(choice.file, importer.imported.lines);
  await place.done();
  const readBack = new Progress(terminal, 'read back', undefined);
  const sum = await importer.docs
    .readAgain((docs) => readBack.update(0, count(docs, 'doc')))
    .finally(() => readBack.end());
  // Of a part of a file nobody knows the digest.
  const expected = groups.length === 0 && end !== undefined ? end.digest : undefined;
  report(cli, importer, { sum, expected, time: now() - began, skipped: place.start.number });
}

interface Outcome {
  /** What the server has in the groups of the file. */
  readonly sum: Sum;
  /** What the file said. */
  readonly expected: string | undefined;
  readonly time: number;
  /** Lines that an earlier run has imported. */
  readonly skipped: number;
}

function report(
  { terminal }: Cli,
  { imported, docs }: Importer,
  { sum, expected, time, skipped }: Outcome,
): void {
  if (terminal.json) {
    const groups = docs.groups.map((group) => ({ group, ...docs.digests.sum([group]) }));
    const equal = expected === undefined ? {} : { equal: expected === sum.digest };
    return terminal.print(JSON.stringify({ ...imported, skipped, ...sum, ...equal, groups }));
  }
  const paint = terminal.paintNote;
  const { lines, written, deleted, same } = imported;
  const parts = [`${written.toLocaleString('en')} written`, `${same.toLocaleString('en')} there already`];
  if (deleted > 0) parts.push(`${deleted.toLocaleString('en')} deleted`);
  if (skipped > 0) parts.push(`${skipped.toLocaleString('en')} lines of an earlier run skipped`);
  terminal.note(`${count(lines, 'doc')} in ${seconds(time)}: ${parts.join(', ')}`);
  const verdict =
    expected === undefined
      ? ''
      : expected === sum.digest
        ? paint('green', ', as in the file')
        : paint('yellow', '; the file says another one: the groups hold more than what is in it');
  terminal.print(
    `the server has ${count(sum.docs, 'doc')}; digest ${terminal.paint('cyan', sum.digest)}${verdict}`,
  );
}

/** Where the import begins, and how far it has come. */
class Place {
  private constructor(
    readonly start: LinePosition,
    /** Whether the file is an export, where its first line is not read again. */
    readonly hasHeader: boolean | undefined,
    private readonly state: ImportStateFile | undefined,
    private readonly about: { readonly server: string; readonly first: string },
  ) {}

  static async of({ file, resume }: ImportChoice, server: string): Promise<Place> {
    if (file === undefined) {
      if (!resume) return new Place(START, undefined, undefined, { server, first: '' });
      throw usageError(
        'USAGE',
        'What comes from stdin cannot be gone on with.',
        'Name a file, or leave out --resume.',
      );
    }
    const line = await firstLine(file);
    const about = { server, first: firstOf(line) };
    const state = new ImportStateFile(file);
    const before = resume ? await state.read() : undefined;
    const fits =
      before?.server === server && before.first === about.first && before.end <= (await stat(file)).size;
    return new Place(fits ? before : START, fits ? line.startsWith('{"atomsync"') : undefined, state, about);
  }

  async keep({ number, end }: LinePosition): Promise<void> {
    if (end > 0) await this.state?.write({ ...this.about, number, end });
  }

  async done(): Promise<void> {
    await this.state?.remove();
  }
}

async function firstLine(file: string): Promise<string> {
  try {
    for await (const { text } of linesOf(createReadStream(file))) return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'BAD_FILE',
      `${file} cannot be read: ${why}.`,
      'Name a file that `atomsync export` has written.',
    );
  }
  return '';
}

function canBeRead(text: string, number: number): boolean {
  try {
    readLine(text, number);
    return true;
  } catch {
    return false;
  }
}

const incomplete = (file: string | undefined, docs: number): CliError =>
  new CliError(
    'INCOMPLETE',
    `The export ends before its end; ${count(docs, 'doc')} of it are on the server now.`,
    `Finish it with \`atomsync export ${file ?? 'FILE'} --resume\`, and import it with --resume.`,
  );
