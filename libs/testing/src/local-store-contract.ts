import type { LocalBatch, LocalGroup, LocalState, LocalStore, LocalStoreError } from '@atomsync/client';
import type { ContractRunner } from './contract-runner';
import type { LocalStoreMedium } from './local-store-medium';
import { bytesOf, comparable, doc, hostileStrings, ModelGroup } from './local-store-model';
import { followsTheModel } from './local-store-property';

export interface LocalStoreContractOptions {
  /** What the store calls itself in test titles. */
  readonly name: string;
  /** A new, empty medium. */
  readonly create: () => LocalStoreMedium | Promise<LocalStoreMedium>;
  /** The global one by default. */
  readonly runner?: ContractRunner;
  /** How often the property is tried; 100 by default. */
  readonly runs?: number;
}

/**
 * What every `LocalStore` must do, as a suite of tests. Call it in a test file of the adapter.
 *
 * @example localStoreContract({ name: 'my store', create: () => new MyMedium() });
 */
export const localStoreContract = ({
  name,
  create,
  runner = globalThis as unknown as ContractRunner,
  runs = 100,
}: LocalStoreContractOptions): void => {
  const { describe, it, beforeEach, afterEach, expect } = runner;

  describe(`${name}, as a local store`, () => {
    let medium: LocalStoreMedium;
    let store: LocalStore;
    let group: LocalGroup;

    beforeEach(async () => {
      medium = await create();
      store = await medium.open();
      group = await store.open('todo');
    });

    afterEach(async () => {
      await store.close();
      await medium.dispose();
    });

    const expectLoaded = async (from: LocalGroup, expected: LocalState | undefined): Promise<void> =>
      expect(comparable(await from.load())).toEqual(comparable(expected));

    const expectModel = (from: LocalGroup, ...appended: readonly LocalBatch[]): Promise<void> =>
      expectLoaded(from, new ModelGroup().append(...appended));

    const reopened = async (): Promise<LocalGroup> => {
      await store.close();
      store = await medium.open();
      return (group = await store.open('todo'));
    };

    const onCopy = async (
      copy: LocalStoreMedium,
      look: (group: LocalGroup, store: LocalStore) => Promise<void>,
      name = 'todo',
    ): Promise<void> => {
      const other = await copy.open();
      try {
        await look(await other.open(name), other);
      } finally {
        await other.close();
        await copy.dispose();
      }
    };

    const expectRefused = async (
      act: () => Promise<unknown>,
      code: LocalStoreError['code'],
    ): Promise<void> => {
      let refusal: unknown = 'no refusal';
      try {
        await act();
      } catch (error) {
        refusal = (error as LocalStoreError).code;
      }
      expect(refusal).toEqual(code);
    };

    const full: LocalBatch = {
      replace: true,
      docs: [doc('a', 'one'), doc('b', 'two')],
      cursor: { token: 'e1', version: 7 },
      records: new Map([
        ['r1', bytesOf('first')],
        ['r2', bytesOf('second')],
      ]),
    };

    it('has nothing of a group to which nothing was appended', async () => {
      await expectLoaded(group, undefined);
      expect(await store.groups()).toEqual([]);
    });

    it('loads what was appended, at once and after reopening', async () => {
      await group.append(full);
      await expectModel(group, full);
      await expectModel(await reopened(), full);
    });

    it('keeps what was appended when the process dies', async () => {
      await group.append(full);
      await onCopy(await medium.crashed(), (copy) => expectModel(copy, full));
    });

    it('takes batches in the order of their appends, without waiting between them', async () => {
      const many = Array.from({ length: 50 }, (_, i): LocalBatch => ({
        docs: [doc('same', `value ${i}`), doc(`own ${i}`, `${i}`)],
        removed: [`own ${i - 1}`],
        cursor: { token: 't', version: i },
      }));
      await Promise.all(many.map((batch) => group.append(batch)));
      await expectModel(group, ...many);
      await expectModel(await reopened(), ...many);
    });

    it('makes appends durable in order: none survives without those before it', async () => {
      const resolved: number[] = [];
      const appends = Array.from({ length: 20 }, (_, i) =>
        group.append({ records: new Map([[`${i}`, bytesOf('x')]]) }).then(() => resolved.push(i)),
      );
      const copy = await medium.crashed();
      await Promise.all(appends);
      expect(resolved).toEqual(resolved.map((_, i) => i));
      await onCopy(copy, async (found) => {
        const ids = [...((await found.load())?.records.keys() ?? [])];
        expect(ids).toEqual(ids.map((_, i) => `${i}`));
      });
    });

    it('loads what was appended just before, without waiting', async () => {
      const appended = group.append(full);
      await expectModel(group, full);
      await appended;
    });

    it('makes durable on close what was appended just before', async () => {
      const appended = group.append(full);
      await group.close();
      await appended;
      group = await store.open('todo');
      await expectModel(group, full);
    });

    it('forgets docs and cursor on replace, and keeps records', async () => {
      const replacing: LocalBatch = { replace: true, docs: [doc('c', 'three')] };
      await group.append(full);
      await group.append(replacing);
      await expectLoaded(group, {
        docs: [doc('c', 'three')],
        cursor: undefined,
        records: full.records ?? new Map(),
      });
      await expectModel(await reopened(), full, replacing);
    });

    it('keeps what is both forgotten and given in one batch', async () => {
      const both: LocalBatch = {
        docs: [doc('a', 'new')],
        removed: ['a', 'b'],
        records: new Map([['r1', bytesOf('new')]]),
        droppedRecords: ['r1', 'r2'],
      };
      await group.append(full);
      await group.append(both);
      await expectLoaded(group, {
        docs: [doc('a', 'new')],
        cursor: full.cursor,
        records: new Map([['r1', bytesOf('new')]]),
      });
      await expectModel(await reopened(), full, both);
    });

    it('takes an empty batch, and forgetting what it does not have', async () => {
      await group.append({});
      await group.append({ removed: ['nobody'], droppedRecords: ['nothing'] });
      await expectModel(await reopened(), {});
    });

    it('does not see what the caller does to a batch after it was appended', async () => {
      const docs = [doc('a', 'one')];
      const records = new Map([['r', bytesOf('one')]]);
      const appended = group.append({ docs, records });
      docs.push(doc('b', 'two'));
      records.clear();
      await appended;
      await expectModel(group, { docs: [doc('a', 'one')], records: new Map([['r', bytesOf('one')]]) });
    });

    it('keeps groups apart, and tells which there are', async () => {
      const other = await store.open('todo/2');
      await group.append(full);
      await other.append({ docs: [doc('a', 'of the other')] });
      await expectModel(group, full);
      expect([...(await store.groups())].sort()).toEqual(['todo', 'todo/2']);
      await reopened();
      expect([...(await store.groups())].sort()).toEqual(['todo', 'todo/2']);
      await expectModel(await store.open('todo/2'), { docs: [doc('a', 'of the other')] });
    });

    it('carries any group name', async () => {
      for (const name of hostileStrings) {
        const hostile = await store.open(name);
        await hostile.append({ docs: [doc('key', name)] });
      }
      await reopened();
      expect([...(await store.groups())].sort()).toEqual([...hostileStrings].sort());
      for (const name of hostileStrings) {
        await expectModel(await store.open(name), { docs: [doc('key', name)] });
      }
    });

    it('carries any key, record id and token', async () => {
      const hostile: LocalBatch = {
        docs: hostileStrings.map((key) => doc(key, key)),
        records: new Map(hostileStrings.map((id) => [id, bytesOf(id)])),
        cursor: { token: hostileStrings.join(''), version: Number.MAX_SAFE_INTEGER },
      };
      const forgetting: LocalBatch = {
        removed: hostileStrings.slice(3),
        droppedRecords: hostileStrings.slice(5),
      };
      await group.append(hostile);
      await expectModel(await reopened(), hostile);
      await group.append(forgetting);
      await expectModel(await reopened(), hostile, forgetting);
    });

    it('carries bodies of any size', async () => {
      const sizes = [0, 1, 255, 65_536, 3_000_000];
      const large: LocalBatch = {
        docs: sizes.map((size) => ({
          key: `${size}`,
          schemaVersion: 3,
          body: new Uint8Array(size).fill(size),
        })),
        records: new Map(sizes.map((size) => [`${size}`, new Uint8Array(size).fill(1)])),
      };
      await group.append(large);
      await expectModel(await reopened(), large);
    });

    it('opens a group once at a time', async () => {
      await expectRefused(() => store.open('todo'), 'GROUP_OPEN');
      await group.close();
      group = await store.open('todo');
    });

    it('refuses a closed group and a closed store', async () => {
      await group.close();
      await group.close();
      await expectRefused(() => group.append({}), 'STORE_CLOSED');
      await expectRefused(() => group.load(), 'STORE_CLOSED');
      await store.close();
      await store.close();
      await expectRefused(() => store.open('todo'), 'STORE_CLOSED');
      await expectRefused(() => store.groups(), 'STORE_CLOSED');
      await expectRefused(() => store.wipe(), 'STORE_CLOSED');
    });

    it('forgets everything on wipe, and goes on', async () => {
      await (await store.open('other')).append(full);
      await group.append(full);
      await store.wipe();
      expect(await store.groups()).toEqual([]);
      await expectRefused(() => group.append({}), 'STORE_CLOSED');
      group = await store.open('todo');
      await expectLoaded(group, undefined);
      await group.append({ docs: [doc('after', 'wipe')] });
      await expectModel(await reopened(), { docs: [doc('after', 'wipe')] });
    });

    it('has a batch as a whole or not at all, wherever its writing was cut short', async () => {
      if (!medium.torn) return;
      const before: LocalBatch = { ...full, docs: [doc('a', 'before')] };
      const last: LocalBatch = { replace: true, docs: [doc('z', 'after')], droppedRecords: ['r1'] };
      const later: LocalBatch = { docs: [doc('later', 'still')] };
      await group.append(before);
      const outcomes = new Set<string>();
      for await (const torn of medium.torn('todo', () => group.append(last))) {
        await onCopy(torn, async (found, other) => {
          const state = comparable(await found.load());
          const isAfter = state?.docs[0]?.key === 'z';
          outcomes.add(isAfter ? 'whole' : 'not at all');
          const survived = isAfter ? [before, last] : [before];
          expect(state).toEqual(comparable(new ModelGroup().append(...survived)));
          // What comes after the cut is found again, too.
          await found.append(later);
          await found.close();
          await expectModel(await other.open('todo'), ...survived, later);
        });
      }
      expect([...outcomes].sort()).toEqual(['not at all', 'whole']);
    });

    it('equals a plain model after any batches, reopenings and deaths', () =>
      followsTheModel(create, (actual, expected) => expect(actual).toEqual(expected), runs));
  });
};
