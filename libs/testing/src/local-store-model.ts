import type { LocalBatch, LocalDoc, LocalState } from '@atomsync/client';
import fc from 'fast-check';

/** The plainest thing that does what a group of a local store does: the oracle of its contract suite. */
export class ModelGroup {
  #state: LocalState | undefined;

  append(...appended: readonly LocalBatch[]): LocalState | undefined {
    for (const batch of appended) this.#state = after(this.#state, batch);
    return this.#state;
  }

  state(): LocalState | undefined {
    return this.#state;
  }
}

const after = (state: LocalState | undefined, batch: LocalBatch): LocalState => {
  const { docs = [], removed = [], records = new Map(), droppedRecords = [], cursor, replace } = batch;
  const kept = (replace ? [] : (state?.docs ?? [])).filter(
    ({ key }) => !removed.includes(key) && !docs.some((doc) => doc.key === key),
  );
  // Of docs under one key, the last one counts.
  const given = docs.filter(({ key }, i) => !docs.slice(i + 1).some((doc) => doc.key === key));
  return {
    docs: [...kept, ...given],
    cursor: cursor ?? (replace ? undefined : state?.cursor),
    records: new Map([
      ...[...(state?.records ?? [])].filter(([id]) => !droppedRecords.includes(id)),
      ...records,
    ]),
  };
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const doc = (key: string, body: string): LocalDoc => ({ key, schemaVersion: 1, body: bytesOf(body) });

/** Strings that have broken file names, databases, encodings and objects used as maps; all different. */
export const hostileStrings: readonly string[] = [
  'todo:1',
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '/absolute',
  'C:\\con',
  'con',
  'nul.txt',
  'a/b',
  'a\\b',
  'a*?"<>|:b',
  'A',
  'a',
  'a.',
  'a ',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '\0',
  'a\0b',
  '\n\r\t\u001b[31m',
  '%2e%2e%2f',
  'é',
  'e\u0301',
  'İstanbul',
  '\ufeffbom',
  '\u202ertl',
  '😀',
  '👨‍👩‍👧',
  '\ud800',
  '\udc00',
  'lone \ud83d',
  'lone \ude00',
  '\ufffd',
  '\uffff',
  'x'.repeat(10_000),
  'x'.repeat(9_999) + 'y',
  '€'.repeat(3_000),
];

const key = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ unit: 'binary', maxLength: 5 }));
const bytes = fc.uint8Array({ maxLength: 40 });

/** Any batches; few keys, so that they meet. */
export const batches: fc.Arbitrary<LocalBatch> = fc.record(
  {
    replace: fc.boolean(),
    docs: fc.array(fc.record({ key, schemaVersion: fc.nat(), body: bytes }), { maxLength: 5 }),
    removed: fc.array(key, { maxLength: 3 }),
    cursor: fc.record({ token: fc.string(), version: fc.maxSafeNat() }),
    records: fc.array(fc.tuple(key, bytes), { maxLength: 4 }).map((entries) => new Map(entries)),
    droppedRecords: fc.array(key, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

interface Comparable {
  readonly docs: readonly { readonly key: string; readonly schemaVersion: number; readonly body: string }[];
  readonly cursor: LocalState['cursor'];
  readonly records: ReadonlyMap<string, string>;
}

/** The order of docs and records means nothing; bytes are text, which runners compare much faster. */
export const comparable = (state: LocalState | undefined): Comparable | undefined =>
  state && {
    docs: [...state.docs].map((each) => ({ ...each, body: text(each.body) })).sort(by(({ key }) => key)),
    cursor: state.cursor,
    records: new Map(
      [...state.records].map(([id, record]) => [id, text(record)] as const).sort(by(([id]) => id)),
    ),
  };

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

const by =
  <T>(keyOf: (item: T) => string) =>
  (a: T, b: T): number =>
    keyOf(a) < keyOf(b) ? -1 : 1;
