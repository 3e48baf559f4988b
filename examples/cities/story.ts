import { setImmediate as breathe } from 'node:timers/promises';
import { loadCities, type City } from './city';
import { Client } from './client';
import { digest } from './digest';
import { ProgressBar } from './progress-bar';
import { measured, megabytes, report, type Stage } from './report';
import { Server } from './server';

/** Writes between two looks at the network, so that the sending begins while the writing goes on. */
const CHUNK = 500;

const VISITED = new Date('2024-05-01T12:00:00Z');

/** Runs all of it; resolves with whether all clients hold the same docs, and the right ones. */
export async function story(limit?: number): Promise<boolean> {
  const server = new Server();
  try {
    return await Promise.race([play(server, loadCities(limit)), server.crashed]);
  } finally {
    server.remove();
  }
}

async function play(server: Server, cities: Map<string, City>): Promise<boolean> {
  const keys = [...cities.keys()];
  const stages: Stage[] = [];
  await server.start();
  console.log(`${keys.length.toLocaleString('en')} places; server at ${server.url}`);

  // Ada writes, Ben follows.
  const ada = new Client('ada', server.url);
  const ben = new Client('ben', server.url);
  await Promise.all([ada.live(), ben.live()]);
  stages.push(
    await measured('upload, followed live', keys.length, [ada, ben], async () => {
      const bar = new ProgressBar('ada → ben', keys.length);
      const followed = ben.holds(({ size }) => (bar.update(size), size === keys.length));
      await inChunks(keys, (key) => {
        ada.cities.put(key, cities.get(key)!);
      });
      await Promise.all([followed, ada.settled()]);
      bar.end();
    }),
  );
  const memory = server.memory();

  // What was acknowledged is on the disk, whatever happens to the server.
  await server.kill();
  await server.start();
  console.log('server killed (kill -9) and started again on its file');

  // Cleo begins with nothing and gets all.
  const cleo = new Client('cleo', server.url);
  stages.push(await measured('full sync of an empty client', keys.length, [cleo], () => cleo.live()));
  console.log(`cleo has ${cleo.cities.value.size.toLocaleString('en')} places`);

  // Cleo goes offline; Ada changes every fiftieth place and removes every thousandth. Ada and Ben are back by themselves.
  cleo.sync.pause();
  await Promise.all([ada.live(), ben.live()]);
  const changed = keys.filter((_, index) => index % 50 === 0);
  const removed = keys.filter((_, index) => index % 1000 === 1);
  stages.push(
    await measured('changes, cleo offline', changed.length + removed.length, [ada, ben], async () => {
      await inChunks(changed, (key) => {
        ada.cities.at(key).swap((city) => ({ ...city, visited: VISITED }));
      });
      await inChunks(removed, (key) => {
        ada.cities.remove(key);
      });
      await ada.settled();
      // Commits arrive in their order: with the last one, all are there.
      const last = removed.at(-1) ?? '';
      await ben.holds((docs) => !docs.has(last) && docs.get(changed.at(-1)!)?.visited !== undefined);
    }),
  );

  stages.push(
    await measured('catch-up', changed.length + removed.length, [cleo], () => {
      cleo.sync.resume();
      return cleo.live();
    }),
  );

  console.log(`\n${report(stages)}`);
  if (memory)
    console.log(`server memory after the upload: ${megabytes(memory.now)} (peak ${megabytes(memory.peak)})`);

  for (const key of changed) cities.set(key, { ...cities.get(key)!, visited: VISITED });
  for (const key of removed) cities.delete(key);
  const expected = digest([...cities].sort(([a], [b]) => (a < b ? -1 : 1)));
  console.log(`\nexpected   ${expected}`);
  let same = true;
  for (const { name, cities: held } of [ada, ben, cleo]) {
    const found = digest(held.value);
    same &&= found === expected;
    console.log(`${name.padEnd(10)} ${found}${found === expected ? '' : '   DIFFERENT'}`);
  }
  console.log(same ? 'All three hold the same docs.' : 'They do not hold the same docs.');
  await Promise.all([ada, ben, cleo].map(({ sync }) => sync.close()));
  return same;
}

/** A tight loop, but for a breath now and then. */
async function inChunks(keys: readonly string[], write: (key: string) => void): Promise<void> {
  for (const [index, key] of keys.entries()) {
    write(key);
    if (index % CHUNK === CHUNK - 1) await breathe();
  }
}
