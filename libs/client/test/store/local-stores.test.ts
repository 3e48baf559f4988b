import { asapScheduler } from 'rxjs';
import { localStoreContract } from '../../../testing/src/local-store-contract';
import type { LocalStoreMedium } from '../../../testing/src/local-store-medium';
import { quickOrLong } from '../../../../test/support/long';
import { MemoryDisk } from '../../src/store/memory-disk';
import { memoryLocalStore } from '../../src/store/memory-local-store';
import { FileMedium } from './file-medium';
import { IndexedDbMedium } from './indexed-db-medium';

/** Histories of batches, reopenings and deaths. */
const runs = quickOrLong(30, 200);

const memoryMedium = (disk = new MemoryDisk()): LocalStoreMedium => ({
  open: () => memoryLocalStore(disk),
  crashed: async () => memoryMedium(disk.copy()),
  dispose: () => {},
});

localStoreContract({ name: 'the memory store', create: () => memoryMedium(), runs });
localStoreContract({ name: 'the file store', create: () => FileMedium.create(), runs });
localStoreContract({
  name: 'the file store, compacting whenever it closes',
  create: () => FileMedium.create({ compactFrom: 0 }),
  runs,
});
localStoreContract({ name: 'the localforage store', create: () => new IndexedDbMedium(), runs });
localStoreContract({
  name: 'the localforage store, compacting all the time',
  create: () => new IndexedDbMedium({ compactFrom: 0, idleAfter: 0, scheduler: asapScheduler }),
  runs,
});
