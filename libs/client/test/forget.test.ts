import { MemoryDisk, memoryLocalStore, type Rejected } from '@atomsync/client';
import { encodeDown } from '@atomsync/protocol';
import { createTestNet, settle, type TestNet } from '@atomsync/testing';
import { map, merge, Subject } from 'rxjs';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

describe('a server that withdraws the right to some docs of a group', () => {
  it('has them forgotten, and what was pending on them reported; the rest goes on', async () => {
    const said = new Subject<Uint8Array>();
    const disk = new MemoryDisk();
    const client = net.client({ disk });
    const wired = net.client({
      disk,
      transport: (url) =>
        client.cable.transport(url).pipe(map((link) => ({ ...link, down$: merge(link.down$, said) }))),
    });
    const atom = net.atom<number>(wired, 'g');
    await net.flush();
    for (const key of ['a', 'b', 'c']) atom.put(key, 1);
    await net.flush();
    atom.put('a', 2);
    atom.put('b', 2);
    said.next(encodeDown({ type: 'forget', group: 'g', keys: ['a', 'c'] }));
    expect(atom.value.toJSON()).toEqual({ b: 2 });
    let rejected: readonly Rejected[] = [];
    wired.sync.rejected$.subscribe((list) => (rejected = list));
    expect(rejected.map(({ code, docs }) => [code, [...docs]])).toEqual([['FORBIDDEN', [['a', 2]]]]);
    await settle();
    const stored = await memoryLocalStore(disk).open('g');
    expect((await stored.load())?.docs.map(({ key }) => key)).toEqual(['b']);
    await net.flush();
    expect(atom.group.pending).toBe(0);
  });
});
