import { Map as ImmutableMap } from 'immutable';
import { BehaviorSubject } from 'rxjs';
import type { LocalModule } from '../faces/local';
import { watchesOf } from './watches';

export const open: LocalModule['open'] = async (entries) => {
  const docs$ = new BehaviorSubject(ImmutableMap(entries));
  return {
    ...watchesOf(docs$, (docs, key) => docs.get(key)),
    update: (key, doc) => docs$.next(docs$.value.set(key, doc)),
  };
};
