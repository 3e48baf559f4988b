import {
  applyPatch,
  decodeBody,
  decodeDown,
  decodePatch,
  decodeUp,
  DEFAULT_LIMITS,
  encodeBody,
  encodeDown,
  encodePatch,
  encodeUp,
  diff,
  keyword,
  ProtocolError,
} from '@atomsync/protocol';
import { HttpError } from '../../../libs/server/src/http/http-error';
import { readJson, writeJson } from '../../../libs/server/src/http/json-codec';
import { readTransit } from '../../../libs/server/src/http/read-transit';
import { readWrite } from '../../../libs/server/src/http/write-request';
import { writeTransit } from '../../../libs/server/src/http/write-transit';

/** Something that reads what strangers send. */
export interface Target {
  /** Well-formed inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** Returns, or throws an error that says what is wrong. */
  read(bytes: Uint8Array): unknown;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (written: string | Uint8Array): Uint8Array =>
  typeof written === 'string' ? new TextEncoder().encode(written) : written;

const VALUES: readonly unknown[] = [
  { text: 'Buy milk', done: false, at: new Date(0), tags: new Set(['a', 'b']) },
  new Map<unknown, unknown>([
    [1, 'one'],
    [keyword('groceries'), [1n, -0, NaN, undefined]],
  ]),
  [new Uint8Array([1, 2, 3]), { a: { b: { c: [] } } }, 'é'.repeat(50)],
];

const CHANGES = [
  { kind: 'put', key: 'k', schemaVersion: 1, body: encodeBody(VALUES[0]) },
  { kind: 'delete', key: 'l' },
] as const;

const WRITE = {
  group: 'todo',
  docs: { 'todo:1': { text: 'x', done: true }, 'todo:2': null },
  clientId: 'c',
  mutations: [{ number: 1, changes: { k: 1 } }],
};

const http = (read: (body: string) => unknown): Target['read'] => {
  return (bytes) => readWrite(read(text(bytes)), DEFAULT_LIMITS, 1);
};

export const TARGETS: Readonly<Record<string, Target>> = {
  up: {
    seeds: [
      encodeUp({ type: 'hello', clientId: 'c', user: 'u', token: 't' }),
      encodeUp({
        type: 'subscribe',
        group: 'g',
        prefix: 'p',
        lines: ['c'],
        cursor: { token: 't', version: 3 },
      }),
      encodeUp({
        type: 'push',
        group: 'g',
        clientId: 'c',
        base: 1,
        seen: 0,
        mutations: [{ number: 1, changes: CHANGES, reads: ['r'], madeAt: 5 }],
      }),
    ],
    read: (bytes) => decodeUp(bytes, DEFAULT_LIMITS, { faults: 'keep' }),
  },
  down: {
    seeds: [
      encodeDown({
        type: 'commits',
        group: 'g',
        from: 1,
        to: 2,
        commits: [{ version: 2, clientId: 'c', number: 1, at: 5, changes: CHANGES }],
      }),
      encodeDown({ type: 'pong', heads: new Map([['g', 7]]) }),
      encodeDown({ type: 'forget', group: 'g', keys: ['k'] }),
    ],
    read: decodeDown,
  },
  body: { seeds: VALUES.map((value) => encodeBody(value)), read: (bytes) => decodeBody(bytes) },
  patch: {
    seeds: [
      encodePatch(diff(VALUES[0], { text: 'Buy bread', done: true, tags: new Set(['b', 'c']) })!),
      encodePatch(diff([1, 2, 3, 4], [1, 9, 3, 4, 5])!),
      encodePatch(diff({ a: { b: 1 } }, { a: { b: 2, c: 3 } })!),
    ],
    read: (bytes) => {
      const patch = decodePatch(bytes);
      for (const value of [...VALUES, [1, 2, 3, 4], { a: { b: 1 } }, undefined]) {
        try {
          encodeBody(applyPatch(patch, value));
        } catch (error) {
          if (!isSaid(error)) throw error;
        }
      }
    },
  },
  transit: {
    seeds: [...VALUES, WRITE].map((value) => bytesOf(writeTransit(value))),
    read: (bytes) => readTransit(text(bytes)),
  },
  json: {
    seeds: [...VALUES, WRITE].map((value) => bytesOf(writeJson(value))),
    read: (bytes) => readJson(text(bytes)),
  },
  'write as JSON': { seeds: [bytesOf(JSON.stringify(WRITE))], read: http(readJson) },
  'write as Transit': { seeds: [bytesOf(writeTransit(WRITE))], read: http(readTransit) },
  'write as CBOR': {
    seeds: [encodeBody(WRITE)],
    read: (bytes) => readWrite(decodeBody(bytes, 110), DEFAULT_LIMITS, 1),
  },
};

/** Whether an error is one that says, with a stable code, what is wrong with the input. */
export const isSaid = (error: unknown): error is Error & { readonly code: string } =>
  (error instanceof ProtocolError || error instanceof HttpError) && /^[A-Z_]+$/.test(error.code);
