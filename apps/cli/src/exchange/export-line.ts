/*
 * An export is a file of lines, each one JSON (NDJSON), with values as docs/PROTOCOL.md writes them in JSON:
 *
 *   {"atomsync":"export","format":1,"version":"0.1.0","groups":["todo"],"prefix":""}        first
 *   {"group":"todo","key":"todo:1","value":{…}}                                             a doc, with "schemaVersion" where it is not 1
 *   {"group":"todo","key":"todo:1","deleted":true}                                          … which is not there any more
 *   {"mark":{"group":"todo","version":8,"cursor":"…"}}                                      all up to here is what the server had then
 *   {"end":{"docs":1,"digest":"…","groups":[{"group":"todo","version":8,"docs":1,"digest":"…"}]}}   last
 *
 * Of two lines about one doc the later one counts. Lines of docs alone can be imported too.
 */
import { readJson, writeJson } from '@atomsync/server/json';
import { CliError } from '../cli-error';
import type { ExchangedDoc, Sum } from './digests';

export interface ExportHeader {
  readonly version: string;
  readonly groups: readonly string[];
  readonly prefix: string;
}

/** Through where a group has been written. */
export interface ExportMark {
  readonly group: string;
  readonly version: number;
  /** Absent where nothing can be asked for from there on. */
  readonly cursor?: string;
}

export interface ExportEnd extends Sum {
  readonly groups: readonly (Sum & { readonly group: string; readonly version: number })[];
}

export type ExportLine =
  | { readonly kind: 'header'; readonly header: ExportHeader }
  | { readonly kind: 'doc'; readonly doc: ExchangedDoc }
  | { readonly kind: 'deleted'; readonly group: string; readonly key: string }
  | { readonly kind: 'mark'; readonly mark: ExportMark }
  | { readonly kind: 'end'; readonly end: ExportEnd };

const FORMAT = 1;

export function writeLine(line: ExportLine): string {
  switch (line.kind) {
    case 'header':
      return `${JSON.stringify({ atomsync: 'export', format: FORMAT, ...line.header })}\n`;
    case 'doc': {
      const { group, key, schemaVersion, value } = line.doc;
      return `${writeJson({ group, key, ...(schemaVersion !== 1 && { schemaVersion }), value })}\n`;
    }
    case 'deleted':
      return `${JSON.stringify({ group: line.group, key: line.key, deleted: true })}\n`;
    case 'mark':
    case 'end':
      return `${JSON.stringify({ [line.kind]: line.kind === 'mark' ? line.mark : line.end })}\n`;
  }
}

/** @throws CliError `BAD_LINE` */
export function readLine(text: string, number: number): ExportLine {
  let value: unknown;
  try {
    value = readJson(text);
  } catch (error) {
    throw badLine(number, error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(value)) throw badLine(number, 'it is no object');
  if (value['atomsync'] === 'export') return { kind: 'header', header: readHeader(value, number) };
  if (isRecord(value['mark'])) return { kind: 'mark', mark: readMark(value['mark'], number) };
  if (isRecord(value['end'])) return { kind: 'end', end: readEnd(value['end'], number) };
  return readDoc(value, number);
}

function readHeader({ format, version, groups, prefix = '' }: Fields, number: number): ExportHeader {
  if (format !== FORMAT) {
    throw new CliError(
      'BAD_FORMAT',
      `Line ${number} says format ${JSON.stringify(format)}, and this program reads ${FORMAT}.`,
      'Use the version of atomsync that wrote it, or a newer one.',
    );
  }
  if (!isTexts(groups) || typeof prefix !== 'string')
    throw badLine(number, 'the header has no list of groups');
  return { version: String(version), groups, prefix };
}

function readMark({ group, version, cursor }: Fields, number: number): ExportMark {
  if (typeof group !== 'string' || typeof version !== 'number')
    throw badLine(number, 'the mark names no group');
  return { group, version, ...(typeof cursor === 'string' && { cursor }) };
}

function readEnd({ docs, digest, groups }: Fields, number: number): ExportEnd {
  if (typeof docs !== 'number' || typeof digest !== 'string' || !Array.isArray(groups)) {
    throw badLine(number, 'the end has no digest');
  }
  return { docs, digest, groups: groups as ExportEnd['groups'] };
}

function readDoc({ group, key, deleted, schemaVersion = 1, value }: Fields, number: number): ExportLine {
  if (typeof group !== 'string' || typeof key !== 'string') {
    throw badLine(number, 'a doc has a "group" and a "key", both of them texts');
  }
  if (deleted === true) return { kind: 'deleted', group, key };
  if (value === undefined) throw badLine(number, 'a doc has a "value", or is "deleted": true');
  if (!Number.isSafeInteger(schemaVersion) || (schemaVersion as number) < 0) {
    throw badLine(number, '"schemaVersion" is a whole number');
  }
  return { kind: 'doc', doc: { group, key, schemaVersion: schemaVersion as number, value } };
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const badLine = (number: number, why: string): CliError =>
  new CliError(
    'BAD_LINE',
    `Line ${number} cannot be read: ${why.replace(/^The body is not JSON as it is read here: /, '')}`.replace(
      /\.*$/,
      '.',
    ),
    'Mend it; lines before it have been imported, and --resume goes on behind them.',
  );
