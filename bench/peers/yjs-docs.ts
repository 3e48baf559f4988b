import type { Doc, YMap } from 'yjs';
import type { BenchDoc } from '../contender';
import type { BenchClient } from '../faces/client';

/** A client whose docs are plain values of one shared map. */
export function clientOf(
  doc: Doc,
  settled: () => Promise<void>,
  filled: (size: number) => Promise<void>,
  close: () => void,
  traffic?: BenchClient['traffic'],
): BenchClient {
  const docs: YMap<BenchDoc> = doc.getMap<BenchDoc>('docs');
  return {
    traffic,
    write: (key, value) => {
      docs.set(key, value);
    },
    fill: async (entries) => {
      doc.transact(() => {
        for (const [key, value] of entries) docs.set(key, value as BenchDoc);
      });
      await filled(docs.size);
    },
    settled,
    onDoc: (key, hear) => {
      docs.observe(({ keysChanged }) => {
        if (keysChanged.has(key)) hear(docs.get(key)!);
      });
    },
    onSize: (hear) => {
      docs.observe(() => hear(docs.size));
      hear(docs.size);
    },
    docs: () => docs.values(),
    close: async () => close(),
  };
}
