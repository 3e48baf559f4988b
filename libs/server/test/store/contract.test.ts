import { commitStoreContract } from '../../../testing/src/commit-store-contract';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { sqlitePlace } from '../support/sqlite-place';

const memoryPlace = () => {
  const store = new MemoryCommitStore();
  return Promise.resolve({ store: () => store, dispose: () => Promise.resolve() });
};

commitStoreContract('MemoryCommitStore', memoryPlace, { describe, it });
commitStoreContract('TypeOrmCommitStore', sqlitePlace, { describe, it });
