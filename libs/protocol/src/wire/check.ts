import type { Reader } from '../cbor/reader';
import { malformed } from '../cbor/reader';
import { isWellFormed, utf8Length } from '../cbor/text';
import type { ErrorCode } from '../errors/error-code';
import { ProtocolError } from '../errors/protocol-error';
import type { Limits, Mutation } from '../messages/parts';
import { PATCH_DEPTH } from '../patch/codec';
import { checkBody } from '../values/check-body';

const MAX_GROUP = 255;

/** Names that mean something else to JavaScript's objects. As properties of a doc's value they are data like any other. */
const RESERVED: ReadonlySet<unknown> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Throws INVALID_KEY unless `key` is 1 to `maxKey` UTF-8 bytes without NUL and lone surrogates, and none of
 * `__proto__`, `constructor`, `prototype`.
 *
 * @example assertKey('todo:1')
 */
export function assertKey(key: string, maxKey = 1024): void {
  assertNotReserved(key, 'key');
  assertName(key, maxKey, 'INVALID_KEY', 'key');
}

/** Whether `name` is one of `__proto__`, `constructor`, `prototype`. */
export function isReservedName(name: unknown): boolean {
  return RESERVED.has(name);
}

/** Throws INVALID_KEY for `__proto__`, `constructor` and `prototype`. */
export function assertNotReserved(name: unknown, what: string): void {
  if (!isReservedName(name)) return;
  throw new ProtocolError('INVALID_KEY', `A ${what} is not ${quote(name as string)}; name it otherwise`);
}

/** Throws INVALID_GROUP unless `group` is 1 to 255 UTF-8 bytes without NUL and lone surrogates; INVALID_KEY for reserved ones. */
export function assertGroup(group: string): void {
  assertNotReserved(group, 'group name');
  assertName(group, MAX_GROUP, 'INVALID_GROUP', 'group name');
}

/** Throws INVALID_PREFIX for a prefix no key could begin with; the empty one stands for the whole group. */
export function assertPrefix(prefix: string, maxKey = 1024): void {
  if (prefix !== '') assertName(prefix, maxKey, 'INVALID_PREFIX', 'prefix');
}

function assertName(name: string, most: number, code: ErrorCode, what: string): void {
  if (typeof name !== 'string') throw new ProtocolError(code, `A ${what} is a string, not ${typeof name}`);
  if (name === '') throw new ProtocolError(code, `A ${what} is not empty; give it 1 to ${most} bytes`);
  // A UTF-16 unit is at most three bytes, so most names need no count.
  if (name.length * 3 > most && utf8Length(name) > most) {
    throw new ProtocolError(
      code,
      `The ${what} ${quote(name)} is longer than ${most} UTF-8 bytes; shorten it`,
    );
  }
  if (name.includes('\0'))
    throw new ProtocolError(code, `The ${what} ${quote(name)} holds a NUL; leave it out`);
  if (!isWellFormed(name)) {
    throw new ProtocolError(
      code,
      `The ${what} ${quote(name)} holds a lone surrogate; repair it with toWellFormed()`,
    );
  }
}

function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/**
 * Throws for a mutation that no server with these limits takes, whatever its state: INVALID_KEY, DOC_TOO_LARGE,
 * TOO_DEEP, TOO_MANY_CHANGES, or MALFORMED for a key that occurs twice or a body that is no carryable value.
 * A client asks before it sends, a server when it decides.
 */
export function checkMutation(mutation: Mutation, limits: Limits): void {
  const { changes, reads, call } = mutation;
  const most = limits.maxChanges;
  if (
    changes.length > most ||
    (reads !== 'group' && reads.length > most) ||
    (call && call.keys.length > most)
  ) {
    throw new ProtocolError(
      'TOO_MANY_CHANGES',
      `Mutation ${mutation.number} has ${changes.length} changes and ${reads === 'group' ? 0 : reads.length} reads; the limit is ${most}, write in several swaps`,
    );
  }
  const keys = changes.length > 1 ? new Set<string>() : undefined;
  for (const change of changes) {
    assertKey(change.key, limits.maxKey);
    if (keys?.has(change.key)) throw malformed(`two changes of the key ${quote(change.key)} in one mutation`);
    keys?.add(change.key);
    if (change.kind === 'put') checkDoc(change.body, change.key, limits, 0);
    else if (change.kind === 'patch') checkDoc(change.patch, change.key, limits, PATCH_DEPTH);
  }
  if (reads !== 'group') for (const key of reads) assertKey(key, limits.maxKey);
  if (!call) return;
  if (call.name === '' || call.name.length > MAX_GROUP)
    throw malformed('the name of a swap that is empty or too long');
  for (const key of call.keys) assertKey(key, limits.maxKey);
  checkDoc(call.args, call.name, limits, 1);
  if (call.args[0]! >> 5 !== 4) throw malformed('arguments of a swap that are no array');
}

function checkDoc(body: Uint8Array, key: string, limits: Limits, moreDepth: number): void {
  if (body.length > limits.maxDoc) {
    throw new ProtocolError(
      'DOC_TOO_LARGE',
      `The doc ${quote(key)} takes ${body.length} bytes; the limit is ${limits.maxDoc}, split it into several docs`,
    );
  }
  checkBody(body, limits.maxDepth + moreDepth);
}

export function checkFrame(frame: Uint8Array, limits: Pick<Limits, 'maxFrame'>): void {
  if (frame.length > limits.maxFrame) {
    throw new ProtocolError(
      'FRAME_TOO_LARGE',
      `A frame of ${frame.length} bytes; the limit is ${limits.maxFrame}, send less at once`,
    );
  }
}

/** A reader's text that must be a group name. */
export function readGroup(from: Reader): string {
  const group = from.text("the text 'group'");
  assertGroup(group);
  return group;
}
