import { malformed, type Reader } from '../cbor/reader';
import { ProtocolError } from '../errors/protocol-error';
import type { Changes, Commits, DownMessage, ErrorMessage, Resync, Welcome } from '../messages/down';
import type { Limits } from '../messages/parts';
import { authorsOf, readCommits, writeCommits } from './commit';
import { readCursor, writeCursor } from './cursor';
import { readDocs, writeDocs } from './doc-state';
import { Fields, readTexts } from './fields';
import { int, open, out, text } from './frame';
import { writeTexts } from './mutation';
import { readLines, readResults, writeLines, writeResults } from './result';

const LIMITS = ['maxFrame', 'maxDoc', 'maxKey', 'maxDepth', 'maxChanges', 'maxMutations'] as const;
const REASONS: readonly string[] = ['epoch', 'feed', 'purged', 'cursor'] satisfies Resync['reason'][];

/** Encodes one message of the server's as one binary frame. */
export function encodeDown(message: DownMessage): Uint8Array {
  out.begin();
  switch (message.type) {
    case 'welcome':
      open('welcome', 3);
      text('epoch', message.epoch);
      int('time', message.time);
      out.text('limits');
      out.head(5, LIMITS.length);
      for (const limit of LIMITS) int(limit, message.limits[limit]);
      break;
    case 'changes':
      encodeChanges(message);
      break;
    case 'commits':
      encodeCommits(message);
      break;
    case 'pushed':
      open('pushed', 3);
      text('group', message.group);
      text('clientId', message.clientId);
      out.text('results');
      writeResults(out, message.results);
      break;
    case 'forget':
      open('forget', message.keys ? 2 : 1);
      text('group', message.group);
      if (message.keys) {
        out.text('keys');
        writeTexts(out, message.keys);
      }
      break;
    case 'resync':
      open('resync', 2);
      text('group', message.group);
      text('reason', message.reason);
      break;
    case 'pong':
      open('pong', 1);
      out.text('heads');
      out.head(5, message.heads.size);
      for (const [group, version] of message.heads) int(group, version);
      break;
    case 'error':
      encodeError(message);
  }
  return out.finish();
}

function encodeChanges(message: Changes): void {
  const { cursor, lines, docs, compatibleWith } = message;
  const time = docs[0]?.at ?? 0;
  open('changes', 4 + (cursor ? 1 : 0) + (lines.length > 0 ? 1 : 0) + (compatibleWith === undefined ? 0 : 1));
  text('group', message.group);
  int('from', message.from);
  int('time', time);
  out.text('docs');
  writeDocs(out, docs, message.from, time);
  if (cursor) {
    out.text('cursor');
    writeCursor(out, cursor);
  }
  if (lines.length > 0) {
    out.text('lines');
    writeLines(out, lines);
  }
  if (compatibleWith !== undefined) int('compatibleWith', compatibleWith);
}

function encodeCommits(message: Commits): void {
  const { commits, from } = message;
  const time = commits[0]?.at ?? 0;
  const authors = authorsOf(commits);
  open('commits', 6);
  text('group', message.group);
  int('from', from);
  int('to', message.to);
  int('time', time);
  out.text('authors');
  writeTexts(out, authors);
  out.text('commits');
  writeCommits(out, commits, authors, from, time);
}

function encodeError(message: ErrorMessage): void {
  const { retryAfter, group } = message;
  open('error', 3 + (retryAfter === undefined ? 0 : 1) + (group === undefined ? 0 : 1));
  text('code', message.code);
  text('message', message.message);
  out.text('retryable');
  out.byte(message.retryable ? 0xf5 : 0xf4);
  if (retryAfter !== undefined) int('retryAfter', retryAfter);
  if (group !== undefined) text('group', group);
}

/**
 * Decodes one frame of the server's. Throws ProtocolError: MALFORMED, or UNKNOWN_MESSAGE for a type that a
 * newer server may send and a client passes over. Bodies are views of the frame and not looked into.
 */
export function decodeDown(frame: Uint8Array): DownMessage {
  const fields = new Fields(frame);
  const type = fields.text('type');
  switch (type) {
    case 'welcome':
      return readWelcome(fields);
    case 'changes':
      return readChanges(fields);
    case 'commits':
      return readCommitsMessage(fields);
    case 'pushed':
      return {
        type,
        group: fields.text('group'),
        clientId: fields.text('clientId'),
        results: readResults(fields.need('results')),
      };
    case 'forget': {
      const keys = fields.find('keys') && fields.texts('keys');
      return { type, group: fields.text('group'), ...(keys && { keys }) };
    }
    case 'resync': {
      const reason = fields.text('reason');
      // A reason this side does not know asks for the same as the others.
      return {
        type,
        group: fields.text('group'),
        reason: REASONS.includes(reason) ? (reason as Resync['reason']) : 'cursor',
      };
    }
    case 'pong':
      return { type, heads: readHeads(fields.need('heads')) };
    case 'error':
      return readError(fields);
    default:
      throw new ProtocolError(
        'UNKNOWN_MESSAGE',
        `No message from a server has the type ${JSON.stringify(type.slice(0, 60))}`,
      );
  }
}

function readWelcome(fields: Fields): Welcome {
  const from = fields.need('limits');
  const count = from.map('the limits');
  const read: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = from.key();
    if ((LIMITS as readonly string[]).includes(name)) read[name] = from.uint(`the limit '${name}'`);
    else from.skip();
  }
  for (const limit of LIMITS) if (read[limit] === undefined) throw malformed(`limits without '${limit}'`);
  const limits = read as unknown as Limits;
  return { type: 'welcome', epoch: fields.text('epoch'), time: fields.uint('time'), limits };
}

function readChanges(fields: Fields): Changes {
  const group = fields.text('group');
  const from = fields.uint('from');
  const time = fields.uint('time');
  const docs = readDocs(fields.need('docs'), from, time);
  const cursorAt = fields.find('cursor');
  const cursor = cursorAt && readCursor(cursorAt);
  const linesAt = fields.find('lines');
  const lines = linesAt ? readLines(linesAt) : [];
  return {
    type: 'changes',
    group,
    from,
    docs,
    lines,
    ...(cursor && { cursor }),
    ...(fields.find('compatibleWith') && { compatibleWith: fields.uint('compatibleWith') }),
  };
}

function readCommitsMessage(fields: Fields): Commits {
  const group = fields.text('group');
  const from = fields.uint('from');
  const to = fields.uint('to');
  const time = fields.uint('time');
  const authors = readTexts(fields.need('authors'));
  const commits = readCommits(fields.need('commits'), authors, from, time);
  return { type: 'commits', group, from, to, commits };
}

function readHeads(from: Reader): Map<string, number> {
  const count = from.map('the heads');
  const heads = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const group = from.text('a group');
    heads.set(group, from.uint('the head of a group'));
  }
  if (heads.size !== count) throw malformed('the head of one group twice');
  return heads;
}

function readError(fields: Fields): ErrorMessage {
  const retryAfter = fields.find('retryAfter') && fields.uint('retryAfter');
  const group = fields.find('group') && fields.text('group');
  return {
    type: 'error',
    code: fields.text('code'),
    message: fields.text('message'),
    retryable: fields.bool('retryable'),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(group !== undefined && { group }),
  };
}
