import { createStore } from 'tinybase';
import type { LocalModule } from '../faces/local';
import { rowOf } from './tinybase-rows';

const TABLE = 'docs';

export const open: LocalModule['open'] = async (entries) => {
  const store = createStore();
  store.setTable(TABLE, Object.fromEntries(entries.map(([key, doc]) => [key, rowOf(doc)])));
  return {
    watchAll: (hear) => {
      store.addTableListener(TABLE, hear);
    },
    watchDoc: (key, hear) => {
      store.addRowListener(TABLE, key, hear);
    },
    update: (key, doc) => {
      store.setRow(TABLE, key, rowOf(doc));
    },
  };
};
