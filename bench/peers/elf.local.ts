import { createStore } from '@ngneat/elf';
import { selectEntity, setEntities, upsertEntities, withEntities } from '@ngneat/elf-entities';
import { skip } from 'rxjs';
import type { BenchDoc } from '../contender';
import type { LocalModule } from '../faces/local';

interface Entity extends BenchDoc {
  readonly key: string;
}

export const open: LocalModule['open'] = async (entries) => {
  const store = createStore({ name: 'bench' }, withEntities<Entity, 'key'>({ idKey: 'key' }));
  store.update(setEntities(entries.map(([key, doc]) => ({ ...doc, key }))));
  return {
    watchAll: (hear) => {
      store.pipe(skip(1)).subscribe(hear);
    },
    watchDoc: (key, hear) => {
      store.pipe(selectEntity(key), skip(1)).subscribe(hear);
    },
    update: (key, doc) => store.update(upsertEntities({ ...doc, key })),
  };
};
