import { setImmediate as turn } from 'node:timers/promises';
import { createMergeableStore } from 'tinybase';
import { createWsSynchronizer } from 'tinybase/synchronizers/synchronizer-ws-client';
import { WebSocket } from 'ws';
import type { BenchDoc } from '../contender';
import type { ClientModule } from '../faces/client';
import { untilThere } from './until-there';
import { docOf, rowOf, type Row } from './tinybase-rows';

const TABLE = 'docs';

export const connect: ClientModule['connect'] = async (url) => {
  const store = createMergeableStore();
  const socket = new WebSocket(`${url}/bench`, { perMessageDeflate: false });
  const synchronizer = await createWsSynchronizer(store, socket);
  await synchronizer.startSync();
  // Nothing acknowledges a write: it counts as settled when it has left the process.
  const settled = async (): Promise<void> => {
    do await turn();
    while (socket.bufferedAmount > 0);
  };
  return {
    traffic: undefined,
    write: (key, doc) => {
      store.setRow(TABLE, key, rowOf(doc));
    },
    fill: async (entries) => {
      store.transaction(() => {
        for (const [key, doc] of entries) store.setRow(TABLE, key, rowOf(doc as BenchDoc));
      });
      await untilThere(connect, url, store.getRowCount(TABLE));
    },
    settled,
    onDoc: (key, hear) => {
      store.addRowListener(TABLE, key, () => hear(docOf(store.getRow(TABLE, key) as Row)));
    },
    onSize: (hear) => {
      store.addTableListener(TABLE, () => hear(store.getRowCount(TABLE)));
      hear(store.getRowCount(TABLE));
    },
    docs: () => Object.values(store.getTable(TABLE)),
    close: async () => {
      await synchronizer.destroy();
    },
  };
};
