import { inc, update } from '@atomsync/atom';
import {
  memoryLocalStore,
  type Receipt,
  type ReceiptStatus,
  type SyncedAtom,
  type SyncedAtomOptions,
} from '@atomsync/client';
import {
  createTestNet,
  type TestClient,
  type TestNet,
  type TestProfile,
  type TestTab,
} from '@atomsync/testing';
import { filter } from 'rxjs';

let net: TestNet;
let profile: TestProfile;
beforeEach(() => {
  net = createTestNet();
  profile = net.profile();
});
afterEach(() => net.close());

interface OpenTab<D = number> {
  readonly tab: TestTab;
  readonly client: TestClient;
  readonly atom: SyncedAtom<D>;
}

/** A new tab of the profile with the group `g` open; by default the first one leads. */
async function open<D = number>(options: SyncedAtomOptions<D> = {}): Promise<OpenTab<D>> {
  const tab = profile.tab();
  const client = net.client({ tab });
  const atom = net.atom<D>(client, 'g', options);
  await net.flush(100);
  return { tab, client, atom };
}

const connected = ({ client }: OpenTab): boolean => {
  let phase = '';
  client.sync.status$.subscribe((status) => (phase = status.phase)).unsubscribe();
  return phase === 'online';
};

const record = (receipt: Receipt<unknown>): ReceiptStatus[] => {
  const all: ReceiptStatus[] = [];
  receipt.status$.subscribe((status) => all.push(status));
  return all;
};

const plusOne = (n: number): number => n + 1;

describe('two tabs of one profile', () => {
  it('hold the same value, and one of them is connected', async () => {
    const [one, two] = [await open(), await open()];
    two.atom.put('n', 1);
    await net.flush(100);
    expect(one.atom.value.get('n')).toBe(1);
    one.atom.put('m', 2);
    await net.flush(100);
    expect(two.atom.value.toJSON()).toEqual(one.atom.value.toJSON());
    const stranger = net.atom<number>(net.client(), 'g');
    await net.flush(100);
    expect(stranger.value.toJSON()).toEqual({ n: 1, m: 2 });
    expect(one.client.cable.links + two.client.cable.links).toBe(1);
  });

  it('see each other offline', async () => {
    const [one, two] = [await open(), await open()];
    net.offline(one.atom);
    net.offline(two.atom);
    two.atom.put('n', 1);
    one.atom.put('m', 2);
    await net.flush(100);
    expect(one.atom.value.toJSON()).toEqual({ n: 1, m: 2 });
    expect(two.atom.value.toJSON()).toEqual({ n: 1, m: 2 });
  });

  it('count one counter: no swap is lost', async () => {
    const [one, two] = [await open(), await open()];
    one.atom.put('n', 0);
    await net.flush(100);
    one.atom.at('n').swap(plusOne);
    two.atom.at('n').swap(plusOne);
    expect([one.atom.value.get('n'), two.atom.value.get('n')]).toEqual([1, 1]);
    await net.flush();
    expect([one.atom.value.get('n'), two.atom.value.get('n')]).toEqual([2, 2]);
  });

  it('learn of what others write', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    await net.flush(100);
    stranger.put('n', 7);
    await net.flush(100);
    expect(one.atom.value.get('n')).toBe(7);
    expect(two.atom.value.get('n')).toBe(7);
  });

  it('tell in both how things stand', async () => {
    const [one, two] = [await open(), await open()];
    const phases: string[] = [];
    two.atom.status$.subscribe(({ phase, pending }) => phases.push(`${phase} ${pending}`));
    net.offline(one.atom);
    await net.flush(100);
    two.atom.put('n', 1);
    await net.flush(100);
    net.online(one.atom);
    await net.flush();
    await two.atom.settled();
    expect(phases[0]).toBe('live 0');
    expect(phases).toContain('offline 1');
    expect(phases.at(-1)).toBe('live 0');
    expect(connected(two)).toBe(true);
  });
});

describe('a tab that follows', () => {
  it('is told when another one has the group open with another prefix', async () => {
    await open({ prefix: 'a:' });
    const { atom } = await open({ prefix: 'b:' });
    await net.flush();
    const seen: string[] = [];
    atom.status$.subscribe(({ phase, error }) => seen.push(`${phase} ${error?.code}`));
    expect(seen).toEqual(['refused GROUP_IN_USE']);
  });

  it('is ready when it has the docs, and not before', async () => {
    const one = await open();
    one.atom.put('n', 1);
    await net.flush();
    const seen: string[] = [];
    const two = net.atom<number>(net.client({ tab: profile.tab() }), 'g');
    void two.ready().then(() => seen.push(`ready ${two.value.size}`));
    two.status$.subscribe(({ phase }) => seen.push(`${phase} ${two.value.size}`));
    // All the while the leading one has news.
    for (let i = 0; i < 10; i++) {
      one.atom.put('m', i);
      await net.flush(0);
    }
    await net.flush();
    expect(seen[0]).toBe('loading 0');
    expect(seen).toContain('ready 2');
    expect(seen.slice(1).filter((line) => line.endsWith(' 0'))).toEqual([]);
  });

  it('may have a group open that the leading one has not', async () => {
    const one = await open();
    const tab = profile.tab();
    const client = net.client({ tab });
    const other = net.atom<number>(client, 'other');
    await net.flush(100);
    other.put('n', 1);
    await net.flush();
    const stranger = net.atom<number>(net.client(), 'other');
    await net.flush();
    expect(stranger.value.get('n')).toBe(1);
    // The leading tab opens it too: it is the same group.
    const here = net.atom<number>(one.client, 'other');
    await net.flush(100);
    here.at('n').swap(inc);
    other.at('n').swap(plusOne);
    await net.flush();
    for (const atom of [here, other, stranger]) expect(atom.value.get('n')).toBe(3);
  });
});

describe('a swap in a tab that follows', () => {
  it('has a receipt that tells when it is durable and when the server has accepted it', async () => {
    const [one, two] = [await open(), await open()];
    net.offline(one.atom);
    const statuses = record(two.atom.transact((docs) => docs.with('n', 1)));
    await net.flush(100);
    expect(statuses.map(({ phase }) => phase)).toEqual(['pending', 'durable']);
    net.online(one.atom);
    await net.flush();
    expect(statuses.at(-1)).toEqual({ phase: 'accepted', version: 1, rebased: 0 });
  });

  it('runs again on what others committed first, although the other tab has the connection', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    one.atom.put('n', 0);
    await net.flush();
    net.offline(one.atom);
    const seen: (number | undefined)[] = [];
    two.atom.at('n').subscribe((n) => seen.push(n));
    const statuses = record(two.atom.transact((docs) => docs.with('n', (docs.get('n') ?? 0) + 1)));
    two.atom.at('n').swap((n) => n * 10);
    await net.flush(100);
    stranger.at('n').swap((n) => n + 4);
    await net.flush();
    net.online(one.atom);
    await net.flush();
    for (const atom of [one.atom, two.atom, stranger]) expect(atom.value.get('n')).toBe(50);
    // In its own tab it is never missing.
    expect(seen).toEqual([0, 1, 10, 50]);
    expect(statuses.at(-1)).toMatchObject({ phase: 'accepted' });
  });

  it('by name runs again in the tab that leads', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    one.atom.put('n', 0);
    await net.flush();
    net.offline(one.atom);
    two.atom.at('n').swap(inc);
    await net.flush(100);
    two.tab.crash();
    stranger.at('n').swap(inc, 10);
    await net.flush();
    net.online(one.atom);
    await net.flush();
    expect([one.atom.value.get('n'), stranger.value.get('n')]).toEqual([11, 11]);
  });

  it('is merged as plain data when its tab is gone', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    one.atom.put('n', 0);
    await net.flush();
    net.offline(one.atom);
    two.atom.at('n').swap(plusOne);
    await net.flush(100);
    two.tab.crash();
    stranger.at('n').swap((n) => n + 4);
    await net.flush();
    net.online(one.atom);
    await net.flush();
    expect([one.atom.value.get('n'), stranger.value.get('n')]).toEqual([1, 1]);
  });

  it('is counted once when its tab comes back too late to run it again', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    one.atom.put('n', 0);
    await net.flush();
    net.offline(one.atom);
    const statuses = record(two.atom.transact(update, 'n', plusOne));
    await net.flush(100);
    two.tab.freeze();
    stranger.at('n').swap((n) => n + 4);
    await net.flush();
    net.online(one.atom);
    await net.flush();
    // Merged as the plain data that it came to.
    expect(one.atom.value.get('n')).toBe(1);
    two.tab.wake();
    await net.flush();
    for (const atom of [one.atom, two.atom, stranger]) expect(atom.value.get('n')).toBe(1);
    expect(two.atom.group.pending).toBe(0);
    expect(statuses.at(-1)).toMatchObject({ phase: 'accepted' });
  });

  it('and the one that was on its way when it was given back are each counted once', async () => {
    const [one, two] = [await open(), await open()];
    const stranger = net.atom<number>(net.client(), 'g');
    one.atom.put('n', 0);
    one.atom.put('m', 0);
    await net.flush();
    net.offline(one.atom);
    two.atom.at('n').swap(plusOne);
    await net.flush(100);
    stranger.at('n').swap((n) => n + 4);
    await net.flush();
    // The leading tab has given the first one back, and the other one does not know yet.
    const gone = one.atom.at('n').pipe(filter((n) => n === 4));
    gone.subscribe(() => two.atom.at('m').swap(plusOne));
    net.online(one.atom);
    await net.flush();
    for (const atom of [one.atom, two.atom, stranger]) expect(atom.value.toJSON()).toEqual({ n: 5, m: 1 });
  });

  it('that the server refuses is rolled back and listed in both tabs', async () => {
    const [one, two] = [await open(), await open()];
    one.atom.put('n', 0);
    await net.flush();
    net.refuse();
    const statuses = record(two.atom.transact((docs) => docs.with('n', 1)));
    await net.flush();
    expect(two.atom.value.get('n')).toBe(0);
    expect(statuses.at(-1)).toMatchObject({ phase: 'refused', error: { code: 'FORBIDDEN' } });
    for (const { client } of [one, two]) {
      const lists: number[] = [];
      client.sync.rejected$.subscribe((list) => lists.push(list.length)).unsubscribe();
      expect(lists).toEqual([1]);
    }
    two.client.sync.rejected$.subscribe(([rejected]) => rejected?.drop()).unsubscribe();
    await net.flush();
    one.client.sync.rejected$
      .subscribe((list) => {
        expect(list).toEqual([]);
      })
      .unsubscribe();
  });
});

describe('when the leading tab', () => {
  const third = 'm';
  it.each(['closes', 'crashes', 'freezes'] as const)('%s, another one takes over', async (how) => {
    const [one, two] = [await open(), await open()];
    one.atom.put('n', 1);
    await net.flush();
    net.offline(one.atom);
    one.atom.at('n').swap(inc);
    two.atom.at('n').swap(plusOne);
    await net.flush(100);
    if (how === 'closes') void one.client.sync.close();
    else if (how === 'crashes') one.tab.crash();
    else one.tab.freeze();
    await net.flush();
    expect(two.atom.value.get('n')).toBe(3);
    two.atom.at('n').swap(plusOne);
    two.atom.put(third, 1);
    await net.flush();
    const stranger = net.atom<number>(net.client(), 'g');
    await net.flush();
    expect(stranger.value.toJSON()).toEqual({ n: 4, m: 1 });
    if (how !== 'freezes') return;
    // It wakes, with a connection as it was, and does no harm.
    net.online(one.atom);
    one.tab.wake();
    one.atom.at('n').swap(plusOne);
    await net.flush();
    for (const atom of [one.atom, two.atom, stranger]) expect(atom.value.toJSON()).toEqual({ n: 5, m: 1 });
  });

  it('is hidden while another one is seen, it gives way: hidden tabs are slowed down', async () => {
    const [one, two] = [await open(), await open()];
    const three = await open();
    one.tab.hidden = three.tab.hidden = true;
    await net.flush();
    expect([one, two, three].map(({ client }) => client.cable.links)).toEqual([0, 1, 0]);
    one.atom.put('n', 1);
    await net.flush();
    expect(three.atom.value.get('n')).toBe(1);
    // Where nobody sees any of them, the lead stays where it is.
    two.tab.hidden = true;
    await net.flush();
    expect(two.client.cable.links).toBe(1);
  });

  it('finds its store taken over by one that was late, it takes the store back, in a new term', async () => {
    const [one, two] = [await open(), await open()];
    one.atom.put('n', 1);
    await net.flush();
    // As a tab does that was stopped after it had the lead, and opens the store when that is another's already.
    const late = await memoryLocalStore(profile.disk).open('g');
    await late.load();
    const receipts = [one, two].map(({ atom }) => atom.transact((docs) => docs.update('n', (n) => n! + 1)));
    const phases = receipts.map(record);
    await net.flush();
    for (const seen of phases) expect(seen).toContainEqual({ phase: 'durable' });
    expect([one.atom.value.get('n'), two.atom.value.get('n')]).toEqual([3, 3]);
    expect(one.client.cable.links + two.client.cable.links).toBe(1);
    one.tab.crash();
    await net.flush();
    expect(two.atom.value.get('n')).toBe(3);
  });

  it('freezes within a write that is not durable, the write is offered to the next one', async () => {
    const [one, two] = [await open(), await open()];
    one.atom.put('n', 1);
    await net.flush();
    one.tab.freeze();
    one.atom.at('n').swap(plusOne);
    await net.flush();
    two.atom.at('n').swap(plusOne);
    await net.flush();
    one.tab.wake();
    await net.flush();
    expect([one.atom.value.get('n'), two.atom.value.get('n')]).toEqual([3, 3]);
  });
});

describe('tabs that cannot find each other', () => {
  it('each work alone, and count together through the server', async () => {
    const { disk } = profile;
    const [one, two] = [
      net.atom<number>(net.client({ disk }), 'g'),
      net.atom<number>(net.client({ disk }), 'g'),
    ];
    await net.flush();
    one.put('n', 0);
    await net.flush();
    one.at('n').swap(plusOne);
    two.at('n').swap(plusOne);
    await net.flush();
    expect([one.value.get('n'), two.value.get('n')]).toEqual([2, 2]);
    const errors: (string | undefined)[] = [];
    one.status$.subscribe(({ error }) => errors.push(error?.code));
    expect(errors).toEqual(['STORE_CLOSED']);
  });
});
