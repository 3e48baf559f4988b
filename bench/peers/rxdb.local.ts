import { skip } from 'rxjs';
import type { LocalModule } from '../faces/local';
import { openDocs, putAll } from './rxdb-docs';

export const open: LocalModule['open'] = async (entries) => {
  const { docs } = await openDocs();
  await putAll(docs, entries);
  return {
    watchAll: (hear) => {
      docs.$.subscribe(hear);
    },
    watchDoc: (key, hear) => {
      docs.findOne(key).$.pipe(skip(1)).subscribe(hear);
    },
    update: (key, doc) => docs.incrementalUpsert({ ...doc, key }),
  };
};
