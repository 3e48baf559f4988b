import type { FinalResult } from '@atomsync/protocol';

/** `[number, version, count]`: so many accepted in a row; or `[number, code, message]`: one refused. */
type Entry = readonly [number, number, number] | readonly [number, string, string];

/** The kept answers of a line as one short text. */
export function encodeResults(results: readonly FinalResult[]): string {
  const entries: Entry[] = [];
  for (const result of results) {
    if (result.kind === 'refused') {
      entries.push([result.number, result.code, result.message]);
      continue;
    }
    const [number, version, count] = entries.at(-1) ?? [];
    const follows =
      typeof version === 'number' &&
      typeof count === 'number' &&
      result.number === number! + count &&
      result.version === version + count;
    if (follows) entries[entries.length - 1] = [number!, version, count + 1];
    else entries.push([result.number, result.version, 1]);
  }
  return JSON.stringify(entries);
}

export function decodeResults(text: string): FinalResult[] {
  const entries = JSON.parse(text) as Entry[];
  return entries.flatMap(([number, first, second]): FinalResult[] =>
    typeof first === 'string'
      ? [{ number, kind: 'refused', code: first, message: String(second) }]
      : Array.from({ length: Number(second) }, (_, i) => ({
          number: number + i,
          kind: 'accepted',
          version: first + i,
        })),
  );
}
