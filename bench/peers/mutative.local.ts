import { create } from 'mutative';
import { BehaviorSubject } from 'rxjs';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';
import { watchesOf } from './watches';

export const open: LocalModule['open'] = async (entries) => {
  const docs$ = new BehaviorSubject<ReadonlyMap<string, BenchDoc>>(new Map(entries));
  return {
    ...watchesOf(docs$, (docs, key) => docs.get(key)),
    update: (key, doc) =>
      docs$.next(
        create(docs$.value, (draft) => {
          draft.set(key, doc);
        }),
      ),
  };
};
