import { Doc } from 'yjs';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';

/** Docs are plain values of one shared map: less work for Yjs than a shared map each. */
export const open: LocalModule['open'] = async (entries) => {
  const doc = new Doc();
  const docs = doc.getMap<BenchDoc>('docs');
  doc.transact(() => {
    for (const [key, value] of entries) docs.set(key, value);
  });
  return {
    watchAll: (hear) => docs.observe(hear),
    watchDoc: (watched, hear) =>
      docs.observe(({ keysChanged }) => {
        if (keysChanged.has(watched)) hear();
      }),
    update: (key, value) => {
      docs.set(key, value);
    },
  };
};
