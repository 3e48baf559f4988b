import { openAtomSync, syncedAtom } from '@atomsync/client';
import { fileLocalStore } from '@atomsync/client/node';
import { encodeBody } from '@atomsync/protocol';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';
import { watchesOf } from './atom-watches';

/** A synced atom with docs that the server had, offline: each update is recorded as pending, and journaled in a file. */
export const open: LocalModule['open'] = async (entries, folder) => {
  const sync = openAtomSync('bench', {
    server: 'ws://localhost/sync',
    paused: true,
    store: fileLocalStore(folder),
    handedOver: () => ({
      docs: entries.map(([key, doc]) => ({ key, schemaVersion: 1, body: encodeBody(doc) })),
      cursor: { token: 'bench', version: 1 },
    }),
  });
  const docs = syncedAtom<BenchDoc>(sync, 'bench');
  await docs.ready();
  // Durable in order: with the first write, all docs are.
  const [[key, doc]] = entries as [readonly [string, BenchDoc]];
  let durable: Promise<unknown> = docs.transact((all) => all.with(key, { ...doc })).durable;
  await durable;
  return {
    ...watchesOf(docs),
    update: (key, doc) => {
      durable = docs.transact((all) => all.with(key, doc)).durable;
    },
    settled: async () => {
      await durable;
    },
  };
};
