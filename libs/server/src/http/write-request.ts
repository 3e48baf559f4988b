import {
  assertGroup,
  assertKey,
  encodeBody,
  type Change,
  type Limits,
  type Mutation,
  type Version,
} from '@atomsync/protocol';
import { Fields } from './fields';
import { HttpError } from './http-error';

/** Changes made once, by nobody's line. */
export interface OneShot {
  readonly kind: 'one-shot';
  readonly group: string;
  readonly changes: readonly Change[];
  /** The versions that docs must have, by key; 0: there must be none. */
  readonly expected: ReadonlyMap<string, Version>;
  readonly expiresAt: number | undefined;
}

/** A push of a line that the caller keeps. */
export interface LinePush {
  readonly kind: 'line';
  readonly group: string;
  readonly clientId: string;
  readonly base: Version;
  readonly seen: number;
  readonly closed: boolean;
  readonly mutations: readonly Mutation[];
}

/** Throws `MALFORMED`, `INVALID_GROUP`, `INVALID_KEY`, `NOT_CARRYABLE`, `TOO_DEEP`, `TOO_MANY_CHANGES`, `TOO_MANY_MUTATIONS`. */
export function readWrite(message: unknown, limits: Limits, now: number): OneShot | LinePush {
  const fields = new Fields(message, 'The message');
  const group = fields.text('group');
  assertGroup(group);
  if (!fields.has('clientId')) return oneShot(fields, group, limits);
  const clientId = fields.text('clientId');
  if (clientId.length < 1 || clientId.length > 255 || clientId.includes('\0')) {
    throw new HttpError(
      'MALFORMED',
      `The clientId has ${clientId.length} characters; it has 1 to 255, no NUL.`,
    );
  }
  const mutations = fields.has('mutations') ? fields.list('mutations') : [];
  if (mutations.length > limits.maxMutations) {
    throw new HttpError(
      'TOO_MANY_MUTATIONS',
      `The push has ${mutations.length} mutations; it has at most ${limits.maxMutations}.`,
    );
  }
  const decoded = mutations.map((each) => mutation(new Fields(each, 'A mutation'), limits, now));
  const first = decoded[0]?.number ?? 1;
  if (first < 1 || decoded.some(({ number }, index) => number !== first + index)) {
    throw new HttpError(
      'MUTATION_GAP',
      `The mutations have the numbers ${decoded.map(({ number }) => number).join(', ')}; they begin at 1 or above, and rise by one.`,
    );
  }
  return {
    kind: 'line',
    group,
    clientId,
    base: fields.count('base'),
    seen: fields.count('seen', 0),
    closed: fields.value('closed') === true,
    mutations: decoded,
  };
}

function oneShot(fields: Fields, group: string, limits: Limits): OneShot {
  const expected = new Map<string, Version>();
  const changes = changesOf(fields, limits, (change, key) => {
    if (change.has('version')) expected.set(key, change.count('version'));
  });
  if (changes.length === 0)
    throw new HttpError('MALFORMED', "The message: 'changes' is empty; name one at least.");
  const expiresAt = fields.has('expiresAt') ? fields.time('expiresAt') : undefined;
  return { kind: 'one-shot', group, changes, expected, expiresAt };
}

function mutation(fields: Fields, limits: Limits, now: number): Mutation {
  return {
    number: fields.count('number'),
    changes: changesOf(fields, limits, () => undefined),
    reads: readsOf(fields, limits),
    madeAt: fields.has('madeAt') ? fields.time('madeAt') : now,
    ...(fields.has('expiresAt') && { expiresAt: fields.time('expiresAt') }),
  };
}

function readsOf(fields: Fields, limits: Limits): Mutation['reads'] {
  if (!fields.has('reads')) return [];
  if (fields.value('reads') === 'group') return 'group';
  return fields.list('reads').map((key) => keyOf(key, limits));
}

function changesOf(fields: Fields, limits: Limits, each: (change: Fields, key: string) => void): Change[] {
  const changes = fields.list('changes');
  if (changes.length > limits.maxChanges) {
    throw new HttpError(
      'TOO_MANY_CHANGES',
      `There are ${changes.length} changes; a mutation has at most ${limits.maxChanges}.`,
    );
  }
  const keys = new Set<string>();
  return changes.map((one) => {
    const change = new Fields(one, 'A change');
    const key = keyOf(change.value('key'), limits);
    if (keys.has(key)) throw new HttpError('MALFORMED', `The key ${JSON.stringify(key)} is changed twice.`);
    keys.add(key);
    each(change, key);
    return changeOf(change, key, limits);
  });
}

function changeOf(change: Fields, key: string, limits: Limits): Change {
  const deleted = change.value('deleted') === true;
  if (deleted === change.has('value')) {
    throw new HttpError(
      'MALFORMED',
      `The change of ${JSON.stringify(key)} has a 'value', or is 'deleted': true.`,
    );
  }
  if (deleted) return { kind: 'delete', key };
  if (change.value('value') === undefined) {
    throw new HttpError(
      'NOT_CARRYABLE',
      `${JSON.stringify(key)}: undefined is no doc; write 'deleted': true.`,
    );
  }
  const schemaVersion = change.count('schemaVersion', 1);
  return { kind: 'put', key, schemaVersion, body: encodeBody(change.value('value'), limits.maxDepth) };
}

function keyOf(key: unknown, limits: Limits): string {
  if (typeof key !== 'string') throw new HttpError('MALFORMED', "A change: 'key' is a text.");
  assertKey(key, limits.maxKey);
  return key;
}
