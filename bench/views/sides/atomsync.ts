import { atom, DocMap, merge, view } from '@atomsync/atom';
import { LIMIT, type Side, type ViewDoc } from '../side';

const docs = atom(DocMap.empty<ViewDoc>());

export const side: Side = {
  async load(all) {
    docs.reset(DocMap.from(all));
  },
  async watch(hear) {
    view(docs, {
      where: (doc) => !doc.done,
      sortBy: { by: 'n', direction: 'desc' },
      limit: LIMIT,
    }).subscribe((entries) => hear(entries.map(({ key }) => key)));
  },
  write(key, fields) {
    docs.at(key).swap(merge, fields);
  },
};
