import { existsSync } from 'node:fs';
import type { Cli } from '../cli';
import { usageError } from '../cli-error';
import { ExportFile, readExport, type ExportFileContents } from '../exchange/export-file';
import type { ExportEnd } from '../exchange/export-line';
import type { ExportSource } from '../exchange/export-source';
import { ExportWriter } from '../exchange/export-writer';
import { openSource } from '../exchange/open-source';
import type { ServerChoice } from '../options/server-options';
import { Progress } from '../output/progress';
import { count, seconds } from '../output/table';
import { version } from '../version';

export interface ExportChoice extends ServerChoice {
  /** `undefined`: stdout. */
  readonly file: string | undefined;
  readonly groups: readonly string[];
  readonly prefix: string;
  /** A database file in the place of the server. */
  readonly db: string | undefined;
  readonly resume: boolean;
  readonly force: boolean;
  /** For how long to try again where the server cannot be had; milliseconds. */
  readonly retry: number;
}

export async function exportDocs(
  cli: Cli,
  choice: ExportChoice,
  now = () => performance.now(),
): Promise<void> {
  const { terminal, signal } = cli;
  const { file } = choice;
  const began = now();
  const before = await soFar(choice, signal);
  const groups = before?.header.groups ?? choice.groups;
  const prefix = before?.header.prefix ?? choice.prefix;
  const source = await openSource(choice, groups, signal);
  const header = before?.header ?? { version, groups: source.groups, prefix };
  let out: ExportFile | undefined;
  let writer: ExportWriter;
  let end: ExportEnd;
  try {
    out = file === undefined ? undefined : fileOf(file, choice, before);
    writer = new ExportWriter(out ?? terminal, header, before);
    for (const group of source.groups) await exportGroup(cli, source, writer, group, prefix);
    end = await writer.end();
  } finally {
    await out?.close();
    await source.close();
  }
  if (terminal.json && file !== undefined) {
    return terminal.print(JSON.stringify({ file, written: writer.written, ...end }));
  }
  const time = seconds(now() - began);
  const paint = terminal.paintNote;
  for (const { group, docs, version: head } of end.groups) {
    terminal.note(`${paint('bold', group)}  ${count(docs, 'doc')}, version ${head}`);
  }
  terminal.note(
    `${count(writer.written, 'line')} written in ${time}${file === undefined ? '' : ` to ${file}`}; digest ${paint('cyan', end.digest)}`,
  );
}

async function exportGroup(
  { terminal, signal }: Cli,
  source: ExportSource,
  writer: ExportWriter,
  group: string,
  prefix: string,
): Promise<void> {
  const progress = new Progress(terminal, `export ${group}`, 1000);
  try {
    for await (const page of source.pages(group, prefix, writer.mark(group))) {
      signal.throwIfAborted();
      await writer.page(group, page);
      progress.update(Math.floor((page.share ?? 0) * 1000), count(writer.written, 'doc'));
    }
  } finally {
    progress.end();
  }
}

/** What is in the file already, where it is to be gone on with. */
async function soFar(choice: ExportChoice, signal: AbortSignal): Promise<ExportFileContents | undefined> {
  const { file, resume, groups, prefix } = choice;
  if (!resume || file === undefined || !existsSync(file)) return undefined;
  const before = await readExport(file, signal);
  const { header } = before;
  const others = groups.length > 0 && [...groups].sort().join('\0') !== [...header.groups].sort().join('\0');
  if (others || (prefix !== '' && prefix !== header.prefix)) {
    const what = [`the groups ${header.groups.join(', ')}`, header.prefix && `the prefix ${header.prefix}`];
    throw usageError(
      'OTHER_EXPORT',
      `${file} is an export of ${what.filter(Boolean).join(' with ')}.`,
      'Leave out --group and --prefix, or name another file.',
    );
  }
  return before;
}

const fileOf = (file: string, { force }: ExportChoice, before: ExportFileContents | undefined): ExportFile =>
  before === undefined ? ExportFile.create(file, { force }) : ExportFile.goOn(file, before.end);
