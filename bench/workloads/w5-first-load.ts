import { CITIES } from '../harness/doc-sets';
import { firstLoad } from '../harness/first-load';

/** A client that has nothing takes all docs, and reads each once. */
export const w5 = firstLoad({
  id: 'w5',
  title: 'a fresh client takes 100,000 docs',
  set: 'small',
  docs: 100_000,
});

export const w5cities = firstLoad({
  id: 'w5cities',
  title: `a fresh client takes ${CITIES.toLocaleString('en')} real cities`,
  set: 'cities',
  docs: CITIES,
});
