import { atom, DocMap, merge } from '@atomsync/atom';
import { map } from 'rxjs';
import { LIMIT, type Side, type ViewDoc } from '../side';

const docs = atom(DocMap.empty<ViewDoc>());

export const side: Side = {
  async load(all) {
    docs.reset(DocMap.from(all));
  },
  async watch(hear) {
    docs
      .pipe(
        map((all) =>
          [...all]
            .filter(([, doc]) => !doc.done)
            .sort(([a, x], [b, y]) => y.n - x.n || (a < b ? -1 : 1))
            .slice(0, LIMIT),
        ),
      )
      .subscribe((entries) => hear(entries.map(([key]) => key)));
  },
  write(key, fields) {
    docs.at(key).swap(merge, fields);
  },
};
