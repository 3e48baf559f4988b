export { MemoryCable, type LinkOptions } from './memory-link';
export {
  createTestNet,
  TestNet,
  type TestClient,
  type TestClientOptions,
  type TestNetOptions,
} from './test-net';
export { settle, VirtualClock } from './virtual-clock';
