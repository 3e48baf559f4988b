import { inc, type DocMap } from '@atomsync/atom';
import { MemoryDisk, type Conflict, type Rejected, type Transport } from '@atomsync/client';
import { canonicalBytes, decodeDown, decodeUp, DEFAULT_LIMITS } from '@atomsync/protocol';
import { createTestNet, type TestNet, type TestNetOptions } from '@atomsync/testing';
import { map, tap } from 'rxjs';
import { GatedStore } from './gated-store';

let net: TestNet;
const open = (options?: TestNetOptions): TestNet => (net = createTestNet(options));
afterEach(() => net.close());

const times10 = (x: number): number => x * 10;
const plus7 = (x: number): number => x + 7;

describe('1. number used again', () => {
  it('does not take the first swap of a new life for the last one of the old', async () => {
    open({ latency: 100 });
    const disk = new MemoryDisk();
    const first = net.client({ disk });
    const before = net.atom<number>(first, 'n');
    await net.flush();
    before.put('n', 0);
    for (let i = 0; i < 4; i++) before.at('n').swap(inc);
    await net.flush(150);
    first.cable.cut();
    await first.sync.close();

    const after = net.atom<number>(net.client({ disk }), 'n');
    await after.ready();
    after.at('n').swap(inc);
    await net.flush();
    const [other] = net.atoms<number>('n', 1);
    await net.flush();
    expect(after.value.get('n')).toBe(5);
    expect(other!.value.get('n')).toBe(5);
  });
});

describe('2. half-open socket', () => {
  it('shows a write once that commits after its new socket was welcomed', async () => {
    const store = new GatedStore();
    open({ server: { store } });
    const client = net.client();
    const a = net.atom<number>(client, 'n');
    await net.flush();
    a.put('n', 0);
    await net.flush();

    store.hold();
    a.at('n').swap(inc);
    await net.flush(20);
    const seen: (number | undefined)[] = [];
    a.at('n').subscribe((n) => seen.push(n));
    client.cable.cutHalf();
    await net.flush(5_000);
    store.release();
    await net.flush();
    const [b] = net.atoms<number>('n', 1);
    await net.flush();
    expect(seen).toEqual([1]);
    expect(b!.value.get('n')).toBe(1);
  });
});

describe('3. own writes in a chain', () => {
  it('runs a chain of swaps again on the value that came between', async () => {
    open();
    const [a, b] = net.atoms<number>('n', 2);
    await net.flush();
    a!.put('n', 0);
    await net.flush();
    net.offline(a!);
    a!.at('n').swap(inc);
    a!.at('n').swap(times10);
    expect(a!.value.get('n')).toBe(10);
    b!.at('n').swap(plus7);
    await net.flush();
    net.online(a!);
    await net.flush();
    expect(a!.value.get('n')).toBe(80);
    expect(b!.value.get('n')).toBe(80);
  });
});

describe('4. lost answer, then more writes', () => {
  it('counts each write once', async () => {
    open({ latency: 50 });
    const client = net.client();
    const a = net.atom<number>(client, 'n');
    const [b] = net.atoms<number>('n', 1);
    await net.flush();
    a.put('n', 0);
    await net.flush();
    for (let i = 0; i < 3; i++) a.at('n').swap(inc);
    await net.flush(70);
    client.cable.cut();
    for (let i = 0; i < 2; i++) a.at('n').swap(inc);
    await net.flush(60_000);
    expect(a.value.get('n')).toBe(5);
    expect(b!.value.get('n')).toBe(5);
  });
});

describe('6. page border', () => {
  it('never shows one doc of a mutation without the other', async () => {
    open({ latency: 20, server: { page: { maxDocs: 1, maxBytes: 1 } } });
    const [b] = net.atoms<number>('pair', 1);
    await net.flush();
    const both = (n: number) => (docs: DocMap<number>) => docs.with('j', n).with('k', n);
    b!.swap(both(1));
    for (let i = 0; i < 50; i++) b!.put(`filler:${i}`, i);
    await net.flush();

    const [a] = net.atoms<number>('pair', 1);
    const seen: [number | undefined, number | undefined][] = [];
    a!.subscribe((docs) => seen.push([docs.get('j'), docs.get('k')]));
    for (let n = 2; n < 40; n++) {
      b!.swap(both(n));
      await net.flush(7);
    }
    await net.flush();
    expect(seen.at(-1)).toEqual([39, 39]);
    for (const [j, k] of seen) expect(j).toBe(k);
  });
});

describe('7. filtered feed', () => {
  it('sees no gap, pulls nothing and learns nothing of other prefixes', async () => {
    open();
    const up: string[] = [];
    const down: Uint8Array[] = [];
    const client = net.client();
    const listening: Transport = (url) =>
      client.cable.transport(url).pipe(
        map((link) => ({
          ...link,
          down$: link.down$.pipe(tap((frame) => down.push(frame))),
          send: (frame: Uint8Array) => {
            up.push(decodeUp(frame, DEFAULT_LIMITS).type);
            link.send(frame);
          },
        })),
      );
    const a = net.atom<number>(net.client({ transport: listening }), 'g', { prefix: 'a:' });
    const [b] = net.atoms<number>('g', 1);
    await net.flush();
    b!.put('a:1', 11);
    b!.put('b:1', 12);
    b!.put('a:2', 13);
    await net.flush();
    b!.put('b:2', 14);
    await net.flush(120_000);
    b!.put('a:3', 15);
    await net.flush(120_000);
    expect([...a.value.keys()]).toEqual(['a:1', 'a:2', 'a:3']);
    expect(up.filter((type) => type === 'subscribe')).toHaveLength(1);
    expect(down.map((frame) => decodeDown(frame).type).filter((type) => type === 'changes')).toHaveLength(1);
    for (const frame of down) expect(new TextDecoder('latin1').decode(frame)).not.toContain('b:');
  });
});

describe('10. phantom', () => {
  it('shows nobody the docs of a transaction that fails', async () => {
    const store = new GatedStore();
    open({ server: { store } });
    const [a] = net.atoms<number>('g', 1);
    await net.flush();
    a!.put('k', 1);
    await net.flush();
    store.hold();
    store.failNext = true;
    a!.put('k', 2);
    await net.flush(20);
    const [b] = net.atoms<number>('g', 1);
    const seen: (number | undefined)[] = [];
    b!.at('k').subscribe((k) => seen.push(k));
    await net.flush(500);
    store.release();
    await net.flush(500);
    expect(seen).toEqual([undefined, 1]);
    await net.flush();
    expect(seen).toEqual([undefined, 1, 2]);
  });
});

describe('11. shared references', () => {
  it('carries docs that contain the same object, and equal docs have equal digests', async () => {
    open();
    const [a, b] = net.atoms<{ owner: { name: string }; twice?: unknown }>('g', 2);
    await net.flush();
    const owner = { name: 'Ada' };
    a!.put('x', { owner, twice: [owner, owner] });
    a!.put('y', { owner: { name: 'Ada' }, twice: [owner, { name: 'Ada' }] });
    await net.flush();
    expect(b!.value.get('x')).toEqual({ owner: { name: 'Ada' }, twice: [{ name: 'Ada' }, { name: 'Ada' }] });
    expect(canonicalBytes(b!.value.get('x'))).toEqual(canonicalBytes(b!.value.get('y')));
    expect(canonicalBytes(b!.value.get('x'))).toEqual(canonicalBytes(a!.value.get('x')));
  });
});

describe('13. poison', () => {
  it('rolls a refused write back, keeps it, and lets those behind it through', async () => {
    open();
    net.refuse(({ action, key }) => action === 'write' && key === 'poison');
    const client = net.client();
    const a = net.atom<number>(client, 'g');
    const [b] = net.atoms<number>('g', 1);
    const rejected: (readonly Rejected[])[] = [];
    client.sync.rejected$.subscribe((list) => rejected.push(list));
    await net.flush();
    a.put('poison', 5);
    a.put('six', 6);
    a.put('seven', 7);
    await net.flush();
    expect([...a.value.keys()]).toEqual(['seven', 'six']);
    expect([...b!.value.keys()]).toEqual(['seven', 'six']);
    expect(rejected.at(-1)).toMatchObject([
      { group: 'g', code: 'FORBIDDEN', docs: new Map([['poison', 5]]) },
    ]);

    net.refuse(() => false);
    rejected.at(-1)![0]!.retry();
    await net.flush();
    expect(b!.value.get('poison')).toBe(5);
    expect(rejected.at(-1)).toEqual([]);
  });

  it('runs a swap that was made on top of a refused one again without it', async () => {
    open();
    net.refuse(({ action, after }) => action === 'write' && after === 13);
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    a!.put('n', 12);
    await net.flush();
    a!.at('n').swap(inc);
    a!.at('n').swap(times10);
    await net.flush();
    expect(a!.value.get('n')).toBe(120);
    expect(b!.value.get('n')).toBe(120);
  });
});

describe('17. absent doc', () => {
  it('runs the swap of the later one again on the doc of the first', async () => {
    open();
    const [a, b] = net.atoms<number>('g', 2);
    await net.flush();
    net.offline(a!);
    a!.at('k', { default: 0 }).swap(inc);
    b!.at('k', { default: 0 }).swap(inc);
    await net.flush();
    net.online(a!);
    await net.flush();
    expect(a!.value.get('k')).toBe(2);
    expect(b!.value.get('k')).toBe(2);
  });

  it('reports a put that meets another put', async () => {
    open();
    const [a, b] = net.atoms<string>('g', 2);
    const conflicts: Conflict[] = [];
    a!.conflicts$.subscribe((conflict) => conflicts.push(conflict));
    await net.flush();
    net.offline(a!);
    a!.put('k', 'mine');
    b!.put('k', 'theirs');
    await net.flush();
    net.online(a!);
    await net.flush();
    expect(b!.value.get('k')).toBe('mine');
    expect(conflicts).toMatchObject([
      { key: 'k', path: [], mine: 'mine', theirs: 'theirs', kept: 'mine', policy: 'rebase' },
    ]);
  });
});
