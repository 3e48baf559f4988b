import type { ClientError } from '@atomsync/client';
import { MemoryDisk, syncedAtom, syncedValue } from '@atomsync/client';
import { createTestNet, settle, type TestClient, type TestNet } from '@atomsync/testing';

let net: TestNet;
let client: TestClient;
beforeEach(() => {
  net = createTestNet();
  client = net.client();
});
afterEach(() => net.close());

const codeOf = (open: () => unknown): unknown => {
  try {
    open();
  } catch (error) {
    return (error as ClientError).code;
  }
  return undefined;
};

describe('a group opened twice', () => {
  it('is the same atom', () => {
    expect(syncedAtom(client.sync, 'g')).toBe(syncedAtom(client.sync, 'g'));
    expect(syncedValue(client.sync, 'v', 0)).toBe(syncedValue(client.sync, 'v', 0));
    expect(syncedAtom(client.sync, 'other')).not.toBe(syncedAtom(client.sync, 'g'));
  });

  it('stays open until it is closed as often', async () => {
    const first = syncedAtom<number>(client.sync, 'g');
    const second = syncedAtom<number>(client.sync, 'g');
    await net.flush();
    first.close();
    second.put('n', 1);
    expect(second.value.get('n')).toBe(1);
    second.close();
    expect(codeOf(() => second.put('n', 2))).toBe('CLOSED');
  });

  it('is a new atom after it was closed, with what the store holds', async () => {
    const first = net.atom<number>(client, 'g');
    await net.flush();
    first.put('n', 1);
    await net.flush();
    first.close();
    await settle();
    const again = net.atom<number>(client, 'g');
    expect(again).not.toBe(first);
    await again.ready();
    expect(again.value.get('n')).toBe(1);
    again.put('n', 2);
    await net.flush();
    const [other] = net.atoms<number>('g', 1);
    await net.flush();
    expect(other!.value.get('n')).toBe(2);
  });

  it('goes out when it is opened again, where it was closed with writes pending', async () => {
    const first = net.atom<number>(client, 'g');
    await net.flush();
    net.offline(first);
    first.put('n', 1);
    await settle();
    first.close();
    await settle();
    const again = net.atom<number>(client, 'g');
    net.online(again);
    await net.flush();
    const [other] = net.atoms<number>('g', 1);
    await net.flush();
    expect(other!.value.get('n')).toBe(1);
  });
});

describe('a group in use', () => {
  it('is not opened under another prefix or as another kind beside it', () => {
    syncedAtom(client.sync, 'g', { prefix: 'a:' });
    expect(codeOf(() => syncedAtom(client.sync, 'g'))).toBe('GROUP_IN_USE');
    expect(codeOf(() => syncedAtom(client.sync, 'g', { prefix: 'b:' }))).toBe('GROUP_IN_USE');
    expect(codeOf(() => syncedValue(client.sync, 'g', 0))).toBe('GROUP_IN_USE');
    expect(codeOf(() => syncedAtom(client.sync, 'g', { prefix: 'a:' }))).toBeUndefined();
  });

  it('says so, and what to do', () => {
    syncedAtom(client.sync, 'g', { prefix: 'a:' });
    expect(() => syncedAtom(client.sync, 'g')).toThrow(/'g'.*'a:'.*Close/);
  });
});

describe('names', () => {
  it.each(['', 'a\0', '\ud800', 'x'.repeat(256)])('of groups that break the rule are refused: %#', (name) => {
    expect(codeOf(() => syncedAtom(client.sync, name))).toBe('INVALID_GROUP');
    expect(codeOf(() => syncedValue(client.sync, name, 0))).toBe('INVALID_GROUP');
  });

  it.each(['a\0', '\ud800', 'x'.repeat(1025)])(
    'of prefixes that break the rule are refused: %#',
    (prefix) => {
      expect(codeOf(() => syncedAtom(client.sync, 'g', { prefix }))).toBe('INVALID_PREFIX');
    },
  );
});

describe('a closed atom', () => {
  it('completes its streams, ends on closed, and takes no more writes', async () => {
    const a = net.atom<number>(client, 'g');
    await net.flush();
    a.put('n', 1);
    await net.flush();
    const ended: string[] = [];
    const phases: string[] = [];
    a.subscribe({ complete: () => ended.push('atom') });
    a.at('n').subscribe({ complete: () => ended.push('cursor') });
    a.changes$.subscribe({ complete: () => ended.push('changes$') });
    a.conflicts$.subscribe({ complete: () => ended.push('conflicts$') });
    a.pending$.subscribe({ complete: () => ended.push('pending$') });
    a.status$.subscribe({ next: ({ phase }) => phases.push(phase), complete: () => ended.push('status$') });
    a.close();
    expect(phases).toEqual(['live', 'closed']);
    expect(ended.sort()).toEqual(['atom', 'changes$', 'conflicts$', 'cursor', 'pending$', 'status$']);
    expect(a.value.get('n')).toBe(1);
    for (const write of [
      () => a.put('n', 2),
      () => a.patch('n', 2 as never),
      () => a.remove('n'),
      () => a.swap((docs) => docs.without('n')),
      () => a.at('n').swap((n) => n + 1),
      () => a.transact((docs) => docs.without('n')),
    ])
      expect(codeOf(write)).toBe('CLOSED');
    expect(a.value.get('n')).toBe(1);
  });

  it('rejects who waits for it', async () => {
    client.cable.down = true;
    const a = net.atom<number>(client, 'g');
    const waiting = [a.ready(), a.settled()];
    a.put('n', 1);
    const settled = a.settled();
    a.close();
    await expect(waiting[0]).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(settled).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(a.ready()).rejects.toMatchObject({ code: 'CLOSED' });
    await Promise.allSettled(waiting);
  });

  it('may be closed more often than it was opened', async () => {
    const a = net.atom<number>(client, 'g');
    a.close();
    a.close();
    await settle();
    expect(codeOf(() => net.atom<number>(client, 'g').put('n', 1))).toBeUndefined();
  });
});

describe('a closed client', () => {
  it('closes its atoms, and opens no more', async () => {
    const a = net.atom<number>(client, 'g');
    await net.flush();
    await client.sync.close();
    expect(codeOf(() => a.put('n', 1))).toBe('CLOSED');
    expect(codeOf(() => syncedAtom(client.sync, 'g'))).toBe('CLOSED');
    await client.sync.close();
  });

  it('leaves what was durable in the store', async () => {
    const disk = new MemoryDisk();
    const first = net.client({ disk });
    first.cable.down = true;
    const a = net.atom<number>(first, 'g');
    await net.flush();
    a.put('n', 1);
    await settle();
    await first.sync.close();
    const b = net.atom<number>(net.client({ disk }), 'g');
    await net.flush();
    expect(b.value.get('n')).toBe(1);
  });
});
