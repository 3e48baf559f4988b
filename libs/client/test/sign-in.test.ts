import { memoryLocalStore, MemoryDisk, type ClientError, type SyncedAtom } from '@atomsync/client';
import { createTestNet, settle, type TestClient, type TestNet } from '@atomsync/testing';

let net: TestNet;
let disks: Map<string | undefined, MemoryDisk>;
let client: TestClient;
let atom: SyncedAtom<string>;
beforeEach(async () => {
  net = createTestNet({
    server: {
      auth: {
        authenticate: ({ user }) => (user === undefined ? null : { id: user }),
        authorize: ({ principal, group }) => group === 'all' || group === principal.id,
      },
    },
  });
  disks = new Map();
  client = net.client({
    user: 'alice',
    store: (user) => {
      const disk = disks.get(user) ?? new MemoryDisk();
      disks.set(user, disk);
      return memoryLocalStore(disk);
    },
  });
  atom = net.atom<string>(client, 'all');
  await net.flush();
});
afterEach(() => net.close());

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error as ClientError).code,
  );

describe('a user who signs out', () => {
  it('leaves empty atoms behind, in phase signed-out, and no connection', async () => {
    atom.put('a', 'Alice was here');
    await net.flush();
    const phases: string[] = [];
    const sizes: number[] = [];
    atom.status$.subscribe(({ phase }) => phases.push(phase));
    atom.subscribe((docs) => sizes.push(docs.size));
    await client.sync.signOut();
    expect(sizes).toEqual([1, 0]);
    expect(phases.at(-1)).toBe('signed-out');
    await net.flush();
    expect(client.cable.links).toBe(0);
  });

  it('can write no more', async () => {
    await client.sync.signOut();
    expect(() => {
      atom.put('b', 'Nobody');
    }).toThrow(expect.objectContaining({ code: 'SIGNED_OUT' }));
    expect(atom.value.size).toBe(0);
  });

  it('finds again what was kept, and what was pending goes out', async () => {
    net.offline(atom);
    atom.put('a', 'offline');
    await client.sync.signOut({ data: 'keep' });
    expect(atom.value.size).toBe(0);
    net.online(atom);
    await client.sync.signIn({ user: 'alice' });
    await settle();
    expect(atom.value.get('a')).toBe('offline');
    await net.flush();
    const other = net.atom<string>(net.client({ user: 'bob' }), 'all');
    await net.flush();
    expect(other.value.get('a')).toBe('offline');
  });

  it('is told before writes that are not confirmed are wiped', async () => {
    net.offline(atom);
    atom.put('a', 'offline');
    await settle();
    expect(await codeOf(client.sync.signOut({ data: 'wipe' }))).toBe('UNSYNCED');
    expect(atom.value.get('a')).toBe('offline');
    await client.sync.signOut({ data: 'wipe', force: true });
    await client.sync.signIn({ user: 'alice' });
    await settle();
    expect(atom.value.size).toBe(0);
  });

  it('is told also of groups that are closed', async () => {
    net.offline(atom);
    atom.put('a', 'offline');
    atom.close();
    await settle();
    expect(await codeOf(client.sync.signOut({ data: 'wipe' }))).toBe('UNSYNCED');
  });

  it('leaves nothing behind that was wiped', async () => {
    atom.put('a', 'secret');
    await net.flush();
    await client.sync.signOut({ data: 'wipe' });
    expect(await memoryLocalStore(disks.get('alice')).groups()).toEqual([]);
  });
});

describe('another user', () => {
  it('never sees what the one before had, nor writes it under their name', async () => {
    net.offline(atom);
    atom.put('a', 'from Alice');
    const seen: (string | undefined)[] = [];
    atom.at('a').subscribe((text) => seen.push(text));
    net.online(atom);
    await client.sync.signIn({ user: 'bob' });
    atom.put('b', 'from Bob');
    await net.flush();
    expect(seen).toEqual(['from Alice', undefined]);
    expect(atom.value.toJSON()).toEqual({ b: 'from Bob' });
    await client.sync.signIn({ user: 'alice' });
    await net.flush();
    expect(atom.value.toJSON()).toEqual({ a: 'from Alice', b: 'from Bob' });
  });

  it('is refused where both would share one store', async () => {
    const shared = net.client({ user: 'alice' });
    expect(await codeOf(shared.sync.signIn({ user: 'bob' }))).toBe('SHARED_STORE');
  });
});

describe('the same user', () => {
  it('goes on with a new token, and nothing is emptied', async () => {
    const tokens: (string | undefined)[] = [];
    const asking = createTestNet({
      server: {
        auth: {
          authenticate: ({ token }) => (tokens.push(token), token === 'new' ? { id: 'alice' } : null),
          authorize: () => true,
        },
      },
    });
    const old = asking.client({ user: 'alice', token: 'old' });
    const group = asking.atom<string>(old, 'all');
    group.put('a', 'kept');
    await asking.flush();
    await old.sync.signIn({ user: 'alice', token: 'new' });
    expect(group.value.get('a')).toBe('kept');
    await asking.flush();
    expect(tokens).toEqual(['old', 'new']);
    expect(group.group.pending).toBe(0);
    await asking.close();
  });
});

describe('a token that is renewed', () => {
  it('goes over the open connection, which stays', async () => {
    const tokens: (string | undefined)[] = [];
    const asking = createTestNet({
      server: {
        auth: {
          authenticate: ({ token }) => (tokens.push(token), { id: 'alice' }),
          authorize: () => true,
        },
      },
    });
    const renewing = asking.client({ user: 'alice', token: 'old' });
    const group = asking.atom<string>(renewing, 'all');
    await asking.flush();
    const phases: string[] = [];
    group.status$.subscribe(({ phase }) => phases.push(phase));
    await renewing.sync.signIn({ user: 'alice', token: () => Promise.resolve('new') });
    await asking.flush();
    expect([tokens, phases]).toEqual([['old', 'new'], ['live']]);
    await asking.close();
  });

  it('is asked for again when the old one has expired', async () => {
    const tokens: (string | undefined)[] = [];
    const asking = createTestNet({
      server: {
        auth: {
          authenticate: ({ token }) => (tokens.push(token), { id: 'alice', expiresAt: Number(token) }),
          authorize: () => true,
        },
      },
    });
    const renewing = asking.client({ user: 'alice', token: () => String(asking.clock.now() + 60_000) });
    const group = asking.atom<string>(renewing, 'all');
    await asking.flush();
    group.put('k', 'before');
    await asking.flush(61_000);
    group.put('l', 'after');
    await asking.flush();
    expect(tokens).toHaveLength(2);
    expect(group.group.pending).toBe(0);
    await asking.close();
  });
});

describe('tabs of a user', () => {
  it('sign out together', async () => {
    const profile = net.profile();
    const open = async (): Promise<SyncedAtom<string>> => {
      const tab = profile.tab();
      const opened = net.atom<string>(net.client({ tab, user: 'alice' }), 'all');
      await net.flush(100);
      return opened;
    };
    const [one, two] = [await open(), await open()];
    one.put('a', 'here');
    await net.flush();
    expect(two.value.size).toBe(1);
    const signedOut = (two as unknown as { sync: TestClient['sync'] }).sync.signOut();
    await net.flush();
    await signedOut;
    expect([one.value.size, two.value.size]).toEqual([0, 0]);
  });
});
