import {
  LocalStoreError,
  memoryLocalStore,
  MemoryDisk,
  type LocalGroup,
  type LocalStore,
} from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

let net: TestNet;
beforeEach(() => {
  net = createTestNet();
});
afterEach(() => net.close());

const storeError = (code: 'STORE_FULL' | 'STORE_CORRUPT'): LocalStoreError =>
  new LocalStoreError(code, `The disk says ${code}.`);

interface Trouble {
  opening?: LocalStoreError | undefined;
  appending?: LocalStoreError | undefined;
  damage?: LocalStoreError | undefined;
}

/** A local store in which things go wrong as told. */
const troubled = (disk: MemoryDisk, trouble: Trouble): LocalStore => {
  const store = memoryLocalStore(disk);
  return {
    open: async (name): Promise<LocalGroup> => {
      if (trouble.opening) throw trouble.opening;
      const group = await store.open(name);
      return {
        load: async () => {
          const state = await group.load();
          const { damage } = trouble;
          trouble.damage = undefined;
          return state && damage ? { docs: [], cursor: undefined, records: state.records, damage } : state;
        },
        append: (batch) => (trouble.appending ? Promise.reject(trouble.appending) : group.append(batch)),
        close: () => group.close(),
      };
    },
    groups: () => store.groups(),
    wipe: () => store.wipe(),
    close: () => store.close(),
  };
};

/** The codes that a user saw one after the other, and none where all was well. */
const codesOf = (atom: { status$: ReturnType<typeof net.atom>['status$'] }): string[] => {
  const codes: string[] = [];
  atom.status$.subscribe(({ error }) => {
    const code = error?.code ?? 'none';
    if (codes.at(-1) !== code) codes.push(code);
  });
  return codes;
};

describe('a local store in which records were lost', () => {
  it('is told until its docs are fetched again and stored, and pending goes out', async () => {
    const disk = new MemoryDisk();
    const first = net.client({ disk });
    const before = net.atom<number>(first, 'g');
    before.put('a', 1);
    await net.flush();
    net.offline(before);
    before.put('b', 2);
    await net.flush();
    await first.sync.close();

    const trouble: Trouble = { damage: storeError('STORE_CORRUPT') };
    const client = net.client({ store: troubled(disk, trouble) });
    const after = net.atom<number>(client, 'g');
    net.offline(after);
    const codes = codesOf(after);
    await net.flush();
    expect(codes.at(-1)).toBe('STORE_CORRUPT');
    expect(after.value.toJSON()).toEqual({ b: 2 });
    trouble.appending = storeError('STORE_FULL');
    net.online(after);
    await net.flush();
    expect(after.value.toJSON()).toEqual({ a: 1, b: 2 });
    expect(codes.at(-1)).toBe('STORE_FULL');
    trouble.appending = undefined;
    await net.flush(60_000);
    expect(codes.at(-1)).toBe('none');
    await client.sync.close();
    expect((await (await memoryLocalStore(disk).open('g')).load())?.docs).toHaveLength(2);
  });
});

describe('a local store that cannot be opened', () => {
  it('is told until it can be, and what was written meanwhile is stored then', async () => {
    const disk = new MemoryDisk();
    const trouble: Trouble = { opening: storeError('STORE_FULL') };
    const client = net.client({ store: troubled(disk, trouble) });
    const atom = net.atom<number>(client, 'g');
    const codes = codesOf(atom);
    await net.flush(100);
    net.offline(atom);
    await net.flush(100);
    expect(codes.at(-1)).toBe('STORE_FULL');
    const phases: string[] = [];
    atom.transact((docs) => docs.with('a', 1)).status$.subscribe(({ phase }) => phases.push(phase));
    await net.flush();
    expect(phases).toEqual(['pending']);
    trouble.opening = undefined;
    await net.flush(60_000);
    expect(phases).toEqual(['pending', 'durable']);
    expect(codes.at(-1)).not.toBe('STORE_FULL');
  });

  it('is not told any more when the first thing to be stored is', async () => {
    const trouble: Trouble = { opening: storeError('STORE_FULL') };
    const store = troubled(new MemoryDisk(), trouble);
    const opensLater: LocalStore = {
      ...store,
      open: (name) => store.open(name).finally(() => (trouble.opening = undefined)),
    };
    const atom = net.atom<number>(net.client({ store: opensLater }), 'g');
    const codes = codesOf(atom);
    await net.flush(500);
    expect(codes).toContain('STORE_FULL');
    expect(codes.at(-1)).toBe('none');
  });
});
