import { malformed } from '../cbor/reader';
import { ProtocolError } from '../errors/protocol-error';
import { DEFAULT_LIMITS } from '../limits';
import type { FeedCursor, Limits, Mutation } from '../messages/parts';
import type { Hello, Push, Subscribe, UpMessage } from '../messages/up';
import { assertNotReserved, assertPrefix, checkFrame, checkMutation, readGroup } from './check';
import { readCursor, writeCursor } from './cursor';
import { Fields } from './fields';
import { int, open, out, text } from './frame';
import { readMutations, writeMutations, writeTexts } from './mutation';

const MAX_NAME = 255;
const MAX_LINES = 1_000;

/** Encodes one message of a client's as one binary frame. */
export function encodeUp(message: UpMessage): Uint8Array {
  out.begin();
  switch (message.type) {
    case 'hello': {
      const { user, token } = message;
      open('hello', 1 + (user === undefined ? 0 : 1) + (token === undefined ? 0 : 1));
      text('clientId', message.clientId);
      if (user !== undefined) text('user', user);
      if (token !== undefined) text('token', token);
      break;
    }
    case 'subscribe': {
      const { prefix, cursor, lines, schemaVersion } = message;
      const optional = [prefix, cursor, lines.length > 0 ? lines : undefined, schemaVersion];
      open('subscribe', 1 + optional.filter((field) => field !== undefined).length);
      text('group', message.group);
      if (prefix !== undefined) text('prefix', prefix);
      if (cursor !== undefined) {
        out.text('cursor');
        writeCursor(out, cursor);
      }
      if (lines.length > 0) {
        out.text('lines');
        writeTexts(out, lines);
      }
      if (schemaVersion !== undefined) int('schemaVersion', schemaVersion);
      break;
    }
    case 'unsubscribe':
      open('unsubscribe', 1);
      text('group', message.group);
      break;
    case 'push':
      open('push', 7);
      text('group', message.group);
      text('clientId', message.clientId);
      int('base', message.base);
      int('seen', message.seen);
      int('first', message.mutations[0]?.number ?? 0);
      int('time', message.mutations[0]?.madeAt ?? 0);
      out.text('mutations');
      writeMutations(out, message.mutations, message.base);
      break;
    case 'seen':
      open('seen', 4);
      text('group', message.group);
      text('clientId', message.clientId);
      int('number', message.number);
      out.text('closed');
      out.byte(message.closed ? 0xf5 : 0xf4);
      break;
    case 'token':
      open('token', 1);
      text('token', message.token);
      break;
    case 'ping':
      open('ping', 0);
  }
  return out.finish();
}

/** What {@link decodeUp} does about a mutation that is well-formed but breaks a limit or holds a bad body. */
export interface DecodeUpOptions {
  /**
   * `'throw'` (default): the whole push fails with the mutation's code. `'keep'`: the mutation comes back with
   * its `fault` and without changes, so that it alone can be refused and those behind it go on.
   */
  readonly faults?: 'throw' | 'keep';
}

/**
 * Decodes and judges one frame of a client's. Throws ProtocolError: FRAME_TOO_LARGE, MALFORMED,
 * UNKNOWN_MESSAGE, INVALID_GROUP, INVALID_PREFIX, TOO_MANY_MUTATIONS, and what `checkMutation` throws; with its `group` where
 * the message names one. Bodies are views of the frame.
 */
export function decodeUp(
  frame: Uint8Array,
  limits: Limits = DEFAULT_LIMITS,
  options: DecodeUpOptions = {},
): UpMessage {
  checkFrame(frame, limits);
  const fields = new Fields(frame);
  const type = fields.text('type');
  try {
    return readUp(type, fields, limits, options);
  } catch (error) {
    throw error instanceof ProtocolError ? ofGroup(error, fields) : error;
  }
}

function ofGroup(error: ProtocolError, fields: Fields): ProtocolError {
  if (fields.find('group')?.peekMajor() !== 3) return error;
  return new ProtocolError(error.code, error.message, fields.text('group'));
}

function readUp(type: string, fields: Fields, limits: Limits, options: DecodeUpOptions): UpMessage {
  switch (type) {
    case 'hello':
      return readHello(fields);
    case 'subscribe':
      return readSubscribe(fields, limits);
    case 'unsubscribe':
      return { type, group: readGroup(fields.need('group')) };
    case 'push':
      return readPush(fields, limits, options);
    case 'seen':
      return {
        type,
        group: readGroup(fields.need('group')),
        clientId: name(fields, 'clientId'),
        number: fields.uint('number'),
        closed: fields.bool('closed'),
      };
    case 'token':
      return { type, token: fields.text('token') };
    case 'ping':
      return { type };
    default:
      throw new ProtocolError(
        'UNKNOWN_MESSAGE',
        `No message from a client has the type ${JSON.stringify(type.slice(0, 60))}`,
      );
  }
}

function readHello(fields: Fields): Hello {
  return {
    type: 'hello',
    clientId: name(fields, 'clientId'),
    ...(fields.find('user') && { user: fields.text('user') }),
    ...(fields.find('token') && { token: fields.text('token') }),
  };
}

function readSubscribe(fields: Fields, limits: Limits): Subscribe {
  const group = readGroup(fields.need('group'));
  const prefix = fields.find('prefix') && fields.text('prefix');
  if (prefix !== undefined) assertPrefix(prefix, limits.maxKey);
  const at = fields.find('cursor');
  const cursor: FeedCursor | undefined = at && readCursor(at);
  const lines = fields.find('lines') ? fields.texts('lines') : [];
  if (lines.length > MAX_LINES)
    throw malformed(`a subscribe with ${lines.length} lines, of at most ${MAX_LINES}`);
  for (const line of lines) assertClientId(line);
  return {
    type: 'subscribe',
    group,
    lines,
    ...(prefix !== undefined && { prefix }),
    ...(cursor && { cursor }),
    ...(fields.find('schemaVersion') && { schemaVersion: fields.uint('schemaVersion') }),
  };
}

function readPush(fields: Fields, limits: Limits, options: DecodeUpOptions): Push {
  const group = readGroup(fields.need('group'));
  const clientId = name(fields, 'clientId');
  const base = fields.uint('base');
  const seen = fields.uint('seen');
  const first = fields.uint('first');
  const time = fields.uint('time');
  const read = readMutations(fields.need('mutations'), { base, first, time }, limits.maxMutations);
  if (read.length > 0 && first === 0) throw malformed('the mutation number 0; numbers begin at 1');
  const mutations = options.faults === 'keep' ? read.map((mutation) => judged(mutation, limits)) : read;
  if (options.faults !== 'keep') for (const mutation of read) checkMutation(mutation, limits);
  return { type: 'push', group, clientId, base, seen, mutations };
}

function judged(mutation: Mutation, limits: Limits): Mutation {
  try {
    checkMutation(mutation, limits);
    return mutation;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { number, madeAt } = mutation;
    return { number, madeAt, changes: [], reads: [], fault: { code: error.code, message: error.message } };
  }
}

function name(fields: Fields, field: string): string {
  const value = fields.text(field);
  assertClientId(value);
  return value;
}

function assertClientId(value: string): void {
  assertNotReserved(value, 'clientId');
  if (value === '' || value.length > MAX_NAME || value.includes('\0')) {
    throw malformed(`a clientId that is not 1 to ${MAX_NAME} characters without NUL`);
  }
}
