import { replicateWithWebsocketServer } from 'rxdb/plugins/replication-websocket';
import type { ClientModule } from '../faces/client';
import { openDocs, putAll } from './rxdb-docs';

export const connect: ClientModule['connect'] = async (url) => {
  const { database, docs } = await openDocs();
  const replication = await replicateWithWebsocketServer({ collection: docs, url, live: true });
  await replication.awaitInitialReplication();
  let writes: Promise<unknown>[] = [];
  const settled = async (): Promise<void> => {
    await Promise.all(writes);
    writes = [];
    await replication.awaitInSync();
  };
  const keys = new Set((await docs.find().exec()).map(({ key }) => key));
  const sizes = new Set<(size: number) => void>();
  docs.$.subscribe(({ documentId }) => {
    keys.add(documentId);
    for (const hear of sizes) hear(keys.size);
  });
  return {
    traffic: undefined,
    write: (key, doc) => void writes.push(docs.incrementalUpsert({ ...doc, key })),
    fill: async (entries) => {
      await putAll(docs, entries);
      await settled();
    },
    settled,
    onDoc: (key, hear) => {
      docs.$.subscribe(({ documentId, documentData }) => {
        if (documentId === key) hear(documentData);
      });
    },
    onSize: (hear) => {
      sizes.add(hear);
      hear(keys.size);
    },
    docs: () => keys,
    close: async () => {
      await database.close();
    },
  };
};
