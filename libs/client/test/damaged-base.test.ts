import { MemoryDisk, memoryLocalStore } from '@atomsync/client';
import { encodeBody } from '@atomsync/protocol';
import { createTestNet, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

/** Large enough for changes of it to travel as patches. */
const large = (n: number): { n: number; rest: string } => ({ n, rest: 'x'.repeat(4000) });

describe('a local store that holds other docs than its cursor says', () => {
  it('is replaced by a full catch-up when a patch does not fit, with pending on top', async () => {
    const disk = new MemoryDisk();
    const client = net.client({ disk });
    const before = net.atom<unknown>(client, 'g');
    const [b] = net.atoms<{ n: number; rest: string }>('g', 1);
    await net.flush();
    before.put('doc', large(1));
    before.put('other', 1);
    await net.flush();
    await client.sync.close();
    const store = await memoryLocalStore(disk).open('g');
    await store.append({ docs: [{ key: 'doc', schemaVersion: 1, body: encodeBody(5) }] });
    await store.close();

    const after = net.atom<unknown>(net.client({ disk }), 'g');
    await net.flush();
    expect(after.value.get('doc')).toBe(5);
    after.put('mine', 1);
    b!.at('doc').swap((doc) => ({ ...doc, n: 2 }));
    await net.flush();
    expect(after.value.get('doc')).toEqual(large(2));
    expect(b!.value.get('mine')).toBe(1);
    expect(after.value.toJSON()).toEqual(b!.value.toJSON());
  });
});
