import { createQueries, createStore } from 'tinybase';
import { LIMIT, type Side } from '../side';

const TABLE = 'docs';
const QUERY = 'open';
const store = createStore();

export const side: Side = {
  async load(all) {
    store.setTable(TABLE, Object.fromEntries(all));
  },
  async watch(hear) {
    const queries = createQueries(store).setQueryDefinition(QUERY, TABLE, ({ select, where }) => {
      for (const field of ['text', 'owner', 'n']) select(field);
      where('done', false);
    });
    queries.addResultSortedRowIdsListener(
      QUERY,
      'n',
      true,
      0,
      LIMIT,
      (_queries, _query, _cell, _desc, _from, _limit, keys) => hear(keys),
    );
    hear(queries.getResultSortedRowIds(QUERY, 'n', true, 0, LIMIT));
  },
  write(key, fields) {
    store.setPartialRow(TABLE, key, fields);
  },
};
