import type { Doc } from '@atomsync/atom';
import { assertPrefix } from '@atomsync/protocol';
import type { AtomHost } from './atom-host';
import type { DocForms } from './doc-forms';

/** Docs in the store's order of keys, one page of the store at a time; can be iterated any number of times. */
export function readRange<D>(
  hostOf: () => AtomHost,
  group: string,
  prefix: string,
  formsOf: (host: AtomHost) => DocForms<D>,
): AsyncIterable<readonly [string, Doc<D>]> {
  assertPrefix(prefix);
  return {
    async *[Symbol.asyncIterator]() {
      const host = hostOf();
      const { store, page } = host.options;
      const forms = formsOf(host);
      for (let after = ''; ;) {
        const request = { group, prefix, after, ...page };
        const { docs, more } = await host.turns.take(() => store.read((reader) => reader.range(request)));
        for (const row of docs) yield [row.key, forms.read(row) as Doc<D>] as const;
        if (!more) return;
        after = docs.at(-1)!.key;
      }
    },
  };
}
