import { malformed } from '../cbor/reader';

/** A sum of differences off the wire that must stay a version, number or time. */
export function running(before: number, difference: number, what: string): number {
  const sum = before + difference;
  if (!Number.isSafeInteger(sum) || sum < 0) throw malformed(`differences that lead to the ${what} ${sum}`);
  return sum;
}
