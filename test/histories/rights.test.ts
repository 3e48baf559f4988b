import type { Rejected, SyncedAtom } from '@atomsync/client';
import { memoryLocalStore, MemoryDisk } from '@atomsync/client';
import { StaticUsersAuth } from '@atomsync/server';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';

const ALL = {
  alice: { token: 'a', groups: ['g', 'other'] },
  bob: { token: 'b', groups: ['g', 'other'] },
};
const WITHOUT = { ...ALL, alice: { token: 'a', groups: ['other'] } };

let net: TestNet;
let auth: StaticUsersAuth;
let disk: MemoryDisk;
let client: TestClient;
let alice: SyncedAtom<string>;
let bob: SyncedAtom<string>;
beforeEach(async () => {
  auth = new StaticUsersAuth(ALL);
  net = createTestNet({ server: { auth } });
  disk = new MemoryDisk();
  client = net.client({ user: 'alice', token: 'a', disk });
  alice = net.atom<string>(client, 'g');
  bob = net.atom<string>(net.client({ user: 'bob', token: 'b' }), 'g');
  await net.flush();
});
afterEach(() => net.close());

const rejected = (): readonly Rejected[] => {
  let list: readonly Rejected[] = [];
  client.sync.rejected$.subscribe((now) => (list = now)).unsubscribe();
  return list;
};

const phaseOf = (atom: SyncedAtom<string>): string => {
  let phase = '';
  atom.status$.subscribe((status) => (phase = status.phase)).unsubscribe();
  return phase;
};

const storedDocs = async (): Promise<number> => {
  await net.flush();
  const group = await memoryLocalStore(disk).open('g');
  return (await group.load())?.docs.length ?? 0;
};

describe('8. granted again', () => {
  it('brings docs back that were last changed long before the right was withdrawn', async () => {
    bob.put('old', 'from before');
    await net.flush();
    for (let i = 0; i < 50; i++) bob.put('busy', `before ${i}`);
    await net.flush();
    auth.replace(WITHOUT);
    await net.flush(100);
    expect([alice.value.size, phaseOf(alice)]).toEqual([0, 'refused']);
    for (let i = 0; i < 20; i++) bob.put('busy', `without ${i}`);
    await net.flush();
    expect(alice.value.size).toBe(0);

    auth.replace(ALL);
    await net.flush();
    expect(alice.value.toJSON()).toEqual({ old: 'from before', busy: 'without 19' });
    expect(phaseOf(alice)).toBe('live');
    bob.put('new', 'live again');
    await net.flush();
    expect(alice.value.get('new')).toBe('live again');
  });

  it('brings them back also when both happened while the client was away', async () => {
    bob.put('old', 'from before');
    await net.flush();
    net.offline(alice);
    auth.replace(WITHOUT);
    bob.put('new', 'without Alice');
    await net.flush();
    auth.replace(ALL);
    net.online(alice);
    await net.flush();
    expect(alice.value.toJSON()).toEqual({ old: 'from before', new: 'without Alice' });
  });
});

describe('a right that is withdrawn', () => {
  it('takes the docs from memory and local store, also when the client was away', async () => {
    bob.put('k', 'secret');
    await net.flush();
    net.offline(alice);
    auth.replace(WITHOUT);
    await net.flush();
    expect(alice.value.size).toBe(1);
    net.online(alice);
    await net.flush();
    expect(alice.value.size).toBe(0);
    await client.sync.close();
    expect(await storedDocs()).toBe(0);
  });

  it('keeps what was pending in rejected$, to be retried when the right is back', async () => {
    alice.put('k', 'confirmed');
    await net.flush();
    net.offline(alice);
    alice.put('k', 'made offline');
    alice.put('l', 'also');
    auth.replace(WITHOUT);
    net.online(alice);
    await net.flush();
    expect(alice.value.size).toBe(0);
    expect(rejected().map(({ code, docs }) => [code, ...docs.values()])).toEqual([
      ['FORBIDDEN', 'made offline'],
      ['FORBIDDEN', 'also'],
    ]);

    auth.replace(ALL);
    await net.flush();
    expect(alice.value.toJSON()).toEqual({ k: 'confirmed' });
    for (const each of rejected()) each.retry();
    await net.flush();
    expect(bob.value.toJSON()).toEqual({ k: 'made offline', l: 'also' });
    expect(rejected()).toEqual([]);
    expect(alice.group.pending).toBe(0);
  });

  it('reports a write that was on its way, once', async () => {
    alice.put('k', 'on its way');
    await net.flush(0);
    auth.replace(WITHOUT);
    await net.flush();
    const kept = bob.value.get('k');
    const told = rejected().map(({ docs }) => docs.get('k'));
    expect([kept === undefined ? told : ['on its way']]).toEqual([['on its way']]);
    auth.replace(ALL);
    await net.flush();
    alice.put('m', 'goes on');
    await net.flush();
    expect(bob.value.get('m')).toBe('goes on');
    expect(rejected().map(({ docs }) => docs.get('k'))).toEqual(told);
  });

  it('leaves the other groups of the connection alone', async () => {
    const other = net.atom<string>(client, 'other');
    await net.flush();
    auth.replace(WITHOUT);
    other.put('k', 'here');
    await net.flush();
    expect([phaseOf(other), other.value.get('k')]).toEqual(['live', 'here']);
  });
});
