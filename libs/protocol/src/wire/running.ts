import { malformed, type Reader } from '../cbor/reader';

/** A sum of differences off the wire that must stay a version, number or time. */
export function running(before: number, difference: number, what: string): number {
  const sum = before + difference;
  if (!Number.isSafeInteger(sum) || sum < 0) throw malformed(`differences that lead to the ${what} ${sum}`);
  return sum;
}

/** Reads how far a version lies below another. */
export function earlier(version: number, from: Reader): number {
  return running(version, -from.uint('a distance between versions'), 'version');
}
