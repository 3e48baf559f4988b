import {
  DEFAULT_LIMITS,
  diff,
  type DownMessage,
  encodeBody,
  encodeDown,
  encodePatch,
  encodeUp,
  keyword,
  UUID,
  type UpMessage,
} from '../src/index';
import { hex } from './codes';

/** Values of all kinds, each with what sets its encoding apart. */
export const BODIES: Readonly<Record<string, unknown>> = {
  null: null,
  undefined: undefined,
  true: true,
  zero: 0,
  'minus zero': -0,
  NaN: NaN,
  'minus infinity': -Infinity,
  'one byte': 200,
  'safe maximum': Number.MAX_SAFE_INTEGER,
  negative: -500,
  'half float': 1.5,
  'single float': 100000.5,
  'double float': 1.1,
  'big zero': 0n,
  'big one': 1n,
  'big minus one': -1n,
  'big 2^64': 18446744073709551616n,
  text: 'zürich 💡',
  bytes: new Uint8Array([1, 2, 255]),
  array: [1, [2], []],
  object: { a: 1, b: undefined },
  map: new Map<unknown, unknown>([
    ['a', 1],
    [2, 'b'],
  ]),
  set: new Set([1, 'a']),
  'date in whole seconds': new Date(1_700_000_000_000),
  'date with milliseconds': new Date(1_700_000_000_123),
  'invalid date': new Date(NaN),
  uuid: new UUID('01890c6e-7b1a-7c3e-9f4d-0123456789ab'),
  keyword: keyword('list/item'),
};

const before = { title: 'a', tags: new Set(['x']), items: [1, 2, 3], meta: new Map([['n', 1]]), old: true };
const after = { title: 'b', tags: new Set(['y']), items: [1, 9, 3, 4], meta: new Map([['n', 2]]) };
const body = encodeBody({ text: 'Buy milk', done: false });
const patch = encodePatch(diff({ done: false }, { done: true })!);
const put = (key: string, schemaVersion = 1) => ({ kind: 'put', key, schemaVersion, body }) as const;
const madeAt = 1_700_000_000_000;

/** One or more examples of every message of a client's. */
export const UP: { readonly [T in UpMessage['type']]: readonly Extract<UpMessage, { readonly type: T }>[] } =
  {
    hello: [
      { type: 'hello', clientId: 'c1' },
      { type: 'hello', clientId: 'c1', user: 'ann', token: 'secret' },
    ],
    subscribe: [
      { type: 'subscribe', group: 'todo', lines: [] },
      { type: 'subscribe', group: 'todo', prefix: 'a:', cursor: { token: 't1', version: 7 }, lines: ['c0'] },
      { type: 'subscribe', group: 'todo', lines: [], schemaVersion: 2 },
    ],
    unsubscribe: [{ type: 'unsubscribe', group: 'todo' }],
    push: [
      {
        type: 'push',
        group: 'todo',
        clientId: 'c1',
        base: 7,
        seen: 2,
        mutations: [
          { number: 3, madeAt, changes: [put('todo:1')], reads: [] },
          {
            number: 4,
            madeAt: madeAt + 5,
            changes: [
              { kind: 'patch', key: 'todo:1', schemaVersion: 1, patch },
              { kind: 'delete', key: 'todo:2' },
            ],
            reads: ['todo:3'],
            expiresAt: madeAt + 1005,
          },
          {
            number: 5,
            madeAt: madeAt + 3,
            changes: [put('todo:4', 2)],
            reads: 'group',
            call: { name: 'inc', args: encodeBody([1]), keys: ['todo:4'] },
          },
        ],
      },
      {
        type: 'push',
        group: 'todo',
        clientId: 'c1',
        base: 12,
        seen: 5,
        mutations: [{ number: 6, madeAt, changes: [put('todo:1')], reads: [], madeOn: 7 }],
      },
    ],
    seen: [{ type: 'seen', group: 'todo', clientId: 'c1', number: 5, closed: false }],
    token: [{ type: 'token', token: 'newer' }],
    ping: [{ type: 'ping' }],
  };

/** One or more examples of every message of a server's. */
export const DOWN: {
  readonly [T in DownMessage['type']]: readonly Extract<DownMessage, { readonly type: T }>[];
} = {
  welcome: [{ type: 'welcome', epoch: 'e1', time: madeAt, limits: DEFAULT_LIMITS }],
  changes: [
    {
      type: 'changes',
      group: 'todo',
      from: 0,
      docs: [
        { key: 'todo:1', version: 2, at: madeAt, schemaVersion: 1, body },
        { key: 'todo:2', version: 5, at: madeAt + 9, schemaVersion: 2, body },
        { key: 'todo:3', version: 6, at: madeAt + 8, schemaVersion: 1 },
      ],
      cursor: { token: 't1', version: 7 },
      lines: [
        {
          clientId: 'c1',
          last: 3,
          results: [
            { number: 2, kind: 'refused', code: 'FORBIDDEN', message: 'no' },
            { number: 3, kind: 'accepted', version: 6 },
          ],
        },
        { clientId: 'c0', last: 0, results: [] },
      ],
    },
    { type: 'changes', group: 'todo', from: 7, docs: [], lines: [] },
    {
      type: 'changes',
      group: 'todo',
      from: 7,
      docs: [],
      cursor: { token: 't1', version: 7 },
      lines: [],
      compatibleWith: 2,
    },
    {
      type: 'changes',
      group: 'todo',
      from: 7,
      docs: [
        {
          ...{ key: 'todo:1', version: 14, at: madeAt, schemaVersion: 1, body },
          covers: [
            { since: 5, by: 8 },
            { since: 9, by: 13 },
          ],
        },
        { key: 'todo:2', version: 15, at: madeAt, schemaVersion: 1, covers: [{ since: 12, by: 15 }] },
      ],
      cursor: { token: 't1', version: 15 },
      lines: [],
    },
  ],
  commits: [
    {
      type: 'commits',
      group: 'todo',
      from: 7,
      to: 12,
      commits: [
        { version: 8, clientId: 'c1', number: 3, at: madeAt, changes: [put('todo:1')] },
        {
          version: 9,
          clientId: 'c1',
          number: 4,
          at: madeAt + 5,
          changes: [{ kind: 'delete', key: 'todo:2' }],
        },
        { version: 11, clientId: 'c2', number: 1, at: madeAt + 4, changes: [] },
        { version: 12, clientId: 'c2', number: 2, at: madeAt + 6, changes: [put('todo:1')], madeOn: 7 },
      ],
    },
  ],
  pushed: [
    {
      type: 'pushed',
      group: 'todo',
      clientId: 'c1',
      results: [
        { number: 3, kind: 'accepted', version: 8 },
        { number: 4, kind: 'refused', code: 'INVALID', message: 'text is missing' },
        {
          number: 5,
          kind: 'stale',
          version: 12,
          docs: [{ key: 'todo:4', version: 11, at: madeAt, schemaVersion: 1, body }],
        },
      ],
    },
  ],
  forget: [
    { type: 'forget', group: 'todo' },
    { type: 'forget', group: 'todo', keys: ['todo:1'] },
  ],
  resync: [{ type: 'resync', group: 'todo', reason: 'epoch' }],
  pong: [{ type: 'pong', heads: new Map([['todo', 12]]) }],
  error: [
    { type: 'error', code: 'FORBIDDEN', message: 'no', retryable: false },
    { type: 'error', code: 'RATE_LIMITED', message: 'slow', retryable: true, retryAfter: 500, group: 'todo' },
  ],
};

/** One row of the table in docs/PROTOCOL.md. */
export interface Vector {
  readonly name: string;
  readonly value: string;
  readonly hex: string;
}

/** All vectors, in the order of the table. */
export function vectors(): Vector[] {
  const bodies = Object.entries(BODIES).map(([name, value]) => ({ name, value, bytes: encodeBody(value) }));
  const patches = [{ name: 'patch', value: [before, after], bytes: encodePatch(diff(before, after)!) }];
  const up = Object.values(UP).flatMap((all) =>
    all.map((value: UpMessage) => ({ name: `up ${value.type}`, value, bytes: encodeUp(value) })),
  );
  const down = Object.values(DOWN).flatMap((all) =>
    all.map((value: DownMessage) => ({ name: `down ${value.type}`, value, bytes: encodeDown(value) })),
  );
  return [...bodies, ...patches, ...up, ...down].map(({ name, value, bytes }) => ({
    name,
    value: notation(value),
    hex: hex(bytes),
  }));
}

/** The vectors as the code block that the documentation holds. */
export function vectorBlock(): string {
  return vectors()
    .map(({ name, value, hex: bytes }) => `${name}\n  ${value}\n  ${bytes}`)
    .join('\n');
}

/** How the documentation writes a value. */
function notation(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(notation).join(', ')}]`;
  if (value instanceof Uint8Array) return `h'${hex(value)}'`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Map)
    return `Map{${[...value].map(([key, item]) => `${notation(key)} => ${notation(item)}`).join(', ')}}`;
  if (value instanceof Set) return `Set{${[...value].map(notation).join(', ')}}`;
  if (value instanceof UUID) return `UUID(${value.value})`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${notation(item)}`)
    .join(', ')}}`;
}
