import { asapScheduler } from 'rxjs';
import { localStoreContract } from '../../../testing/src/local-store-contract';
import { IndexedDbMedium } from './indexed-db-medium';

localStoreContract({ name: 'the localforage store', create: () => new IndexedDbMedium() });
localStoreContract({
  name: 'the localforage store, compacting all the time',
  create: () => new IndexedDbMedium({ compactFrom: 0, idleAfter: 0, scheduler: asapScheduler }),
});
