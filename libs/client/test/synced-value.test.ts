import { inc, type StandardSchemaV1 } from '@atomsync/atom';
import {
  MemoryDisk,
  syncedValue,
  type SyncedValue,
  type SyncedValueOptions,
  type TransactOptions,
} from '@atomsync/client';
import { createTestNet, type TestClient, type TestNet } from '@atomsync/testing';

interface State {
  users: readonly string[];
  count: number;
}

const initial: State = { users: [], count: 0 };

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const open = <T>(
  value: T,
  client: TestClient = net.client(),
  options: SyncedValueOptions<T> = {},
): SyncedValue<T> => syncedValue<T>(client.sync, 'state', value, options);

/** How many docs the group holds. */
const docsOf = async (): Promise<number> => {
  const [raw] = net.atoms<unknown>('state', 1);
  await net.flush();
  return raw!.value.size;
};

describe('syncedValue', () => {
  it('holds the initial value at once, and never writes it by itself', async () => {
    const state = open(initial);
    expect(state.value).toBe(initial);
    await net.flush();
    expect(state.value).toBe(initial);
    expect(await docsOf()).toBe(0);
  });

  it('lets every client have an initial value of its own while none is written', async () => {
    const [one, two] = [open(1), open(2)];
    await net.flush();
    expect([one.value, two.value]).toEqual([1, 2]);
    one.swap((n) => n + 10);
    await net.flush();
    expect([one.value, two.value]).toEqual([11, 11]);
  });

  it('is the same everywhere once it is written', async () => {
    const [here, there] = [open(initial), open(initial)];
    await net.flush();
    here.at('count').swap(inc);
    there.swap((state) => ({ ...state, users: [...state.users, 'Ada'] }));
    await net.flush();
    expect(here.value).toEqual({ users: ['Ada'], count: 1 });
    expect(there.value).toEqual(here.value);
  });

  it('runs first swaps from several places one after the other', async () => {
    const [here, there] = [open(0), open(0)];
    here.swap((n) => n + 1);
    there.swap(inc);
    await net.flush();
    expect([here.value, there.value]).toEqual([2, 2]);
  });

  it('keeps a write of the very initial value from being a write', async () => {
    const state = open(initial);
    await net.flush();
    state.swap((value) => value);
    await net.flush();
    expect(await docsOf()).toBe(0);
  });

  it('may be reset, also before it is ready', async () => {
    const [here, there] = [open('a'), open('a')];
    here.reset('b');
    expect(here.value).toBe('b');
    await net.flush();
    expect(there.value).toBe('b');
  });

  it('merges resets of different fields', async () => {
    const clients = [net.client(), net.client()];
    const [here, there] = clients.map((client) => open<State>(initial, client));
    await net.flush();
    here!.swap((state) => ({ ...state }));
    await net.flush();
    clients[0]!.sync.pause();
    here!.at('count').reset(7);
    there!.at('users').reset(['Ada']);
    await net.flush();
    clients[0]!.sync.resume();
    await net.flush();
    expect([here!.value, there!.value]).toEqual(Array(2).fill({ users: ['Ada'], count: 7 }));
  });

  it('tells its subscribers only of changes of the value', async () => {
    const [here, there] = [open<State>(initial), open<State>(initial)];
    const counts: number[] = [];
    there.at('count').subscribe((count) => counts.push(count));
    await net.flush();
    here.at('count').swap(inc);
    here.at('users').reset(['Ada']);
    await net.flush();
    expect(counts).toEqual([0, 1]);
  });

  it('judges every own write by its schema and validator', async () => {
    const text: StandardSchemaV1<unknown, string> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] }),
      },
    };
    const state = open<string>('a', net.client(), { schema: text, validate: (value) => value.length < 5 });
    await net.flush();
    expect(() => state.reset(1 as never)).toThrow(expect.objectContaining({ code: 'INVALID' }));
    expect(() => state.reset('too long')).toThrow(expect.objectContaining({ code: 'INVALID' }));
    expect(state.value).toBe('a');
  });

  it('refuses an initial value that its validator refuses', () => {
    expect(() => open(-1, net.client(), { validate: (n) => n >= 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    );
  });

  it('gives receipts', async () => {
    const state = open(0);
    await net.flush();
    const receipt = state.transact((n, by: number) => n + by, 5);
    expect(receipt.value).toBe(5);
    const accepted = receipt.accepted;
    await net.flush();
    await expect(accepted).resolves.toEqual({ version: 1, rebased: 0 });
    const options: TransactOptions = { ifStale: 'reject' };
    expect(state.transact(options, (n) => n + 1).value).toBe(6);
  });

  it('comes back from the store while offline', async () => {
    const disk = new MemoryDisk();
    const first = net.client({ disk });
    const before = open(0, first);
    await net.flush();
    before.reset(3);
    await net.flush();
    await first.sync.close();
    const second = net.client({ disk });
    second.cable.down = true;
    const after = open(0, second);
    await after.ready();
    expect(after.value).toBe(3);
  });

  it('runs a swap of the initial value again in the next life', async () => {
    const disk = new MemoryDisk();
    const first = net.client({ disk });
    first.cable.down = true;
    const before = open(100, first);
    await net.flush();
    before.swap(inc);
    await net.flush();
    const other = open(100);
    await net.flush();
    other.swap(inc, 10);
    await net.flush();
    const after = open(100, net.client({ disk }));
    await net.flush();
    expect([after.value, other.value]).toEqual([111, 111]);
  });
});
