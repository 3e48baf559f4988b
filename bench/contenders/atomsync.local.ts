import { atom, DocMap } from '@atomsync/atom';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';
import { watchesOf } from './atom-watches';

/** A plain atom with a doc map. */
export const open: LocalModule['open'] = async (entries) => {
  const docs = atom(DocMap.from<BenchDoc>(entries));
  return {
    ...watchesOf(docs),
    update: (key, doc) => void docs.swap((all) => all.with(key, doc)),
  };
};
