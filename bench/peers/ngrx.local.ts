import '@angular/compiler';
import { createEntityAdapter } from '@ngrx/entity';
import { BehaviorSubject } from 'rxjs';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';
import { watchesOf } from './watches';

interface Entity extends BenchDoc {
  readonly key: string;
}

const adapter = createEntityAdapter<Entity>({ selectId: ({ key }) => key });

export const open: LocalModule['open'] = async (entries) => {
  const all = entries.map(([key, doc]) => ({ ...doc, key }));
  const state$ = new BehaviorSubject(adapter.setAll(all, adapter.getInitialState()));
  return {
    ...watchesOf(state$, ({ entities }, key) => entities[key]),
    update: (key, doc) => state$.next(adapter.setOne({ ...doc, key }, state$.value)),
  };
};
