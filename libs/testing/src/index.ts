/**
 * Clients and a server in memory, on virtual time.
 *
 * @module @atomsync/testing
 */

export { MemoryCable, type LinkOptions } from './memory-link';
export {
  createTestNet,
  TestNet,
  type TestClient,
  type TestClientOptions,
  type TestNetOptions,
} from './test-net';
export { TestProfile, type TestTab } from './test-profile';
export { settle, VirtualClock } from './virtual-clock';
