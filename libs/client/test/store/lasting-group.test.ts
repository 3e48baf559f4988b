import {
  LocalStoreError,
  memoryLocalStore,
  MemoryDisk,
  type LocalBatch,
  type LocalGroup,
} from '@atomsync/client';
import type { FeedCursor } from '@atomsync/protocol';
import { bytesOf, comparable, doc } from '../../../testing/src/local-store-model';
import { LastingGroup } from '../../src/store/lasting-group';

const full = new LocalStoreError('STORE_FULL', 'No room.');
const at = (version: number): FeedCursor => ({ token: 't', version });
const one: LocalBatch = { docs: [doc('a', '1')], cursor: at(1), records: new Map([['p:1', bytesOf('p')]]) };
const two: LocalBatch = { docs: [doc('a', '2'), doc('b', '2')], cursor: at(2) };
const everything: LocalBatch = { ...two, replace: true, docs: [doc('a', '2'), doc('b', '2'), doc('c', '0')] };

let disk: MemoryDisk;
let opened: number;
let broken: boolean;
let lasting: LastingGroup;
beforeEach(() => {
  disk = new MemoryDisk();
  opened = 0;
  broken = false;
  lasting = new LastingGroup(open, () => everything);
});

/** As a medium that fails while it is `broken`, and is of no use after that until it is opened again. */
async function open(): Promise<LocalGroup> {
  if (broken) throw full;
  opened++;
  const group = await memoryLocalStore(disk).open('g');
  let failed = false;
  return {
    load: () => group.load(),
    close: () => group.close(),
    append: (batch) => {
      failed ||= broken;
      return failed ? Promise.reject(full) : group.append(batch);
    },
  };
}

const stored = () => comparable(disk.read('g'));
const model = (...batches: LocalBatch[]) => {
  const other = new MemoryDisk();
  for (const batch of batches) void other.write('g', batch);
  return comparable(other.read('g'));
};

it('goes on from what was stored once the store works again', async () => {
  await lasting.load();
  await lasting.append(one);
  broken = true;
  await expect(lasting.append(two)).rejects.toBe(full);
  await expect(lasting.append(two)).rejects.toBe(full);
  expect(stored()).toEqual(model(one));
  broken = false;
  await lasting.append(two);
  expect(opened).toBe(2);
  expect(stored()).toEqual(model(one, two));
});

it('stores everything again where what was stored is gone', async () => {
  await lasting.load();
  await lasting.append(one);
  broken = true;
  await expect(lasting.append(two)).rejects.toBe(full);
  broken = false;
  disk.wipe();
  await lasting.append(two);
  expect(stored()).toEqual(model(everything));
});

it('stores everything where it could not be read at first, and keeps the records that it finds', async () => {
  await memoryLocalStore(disk)
    .open('g')
    .then((group) => group.append(one));
  broken = true;
  await expect(lasting.load()).rejects.toBe(full);
  broken = false;
  await lasting.append(two);
  expect(stored()).toEqual(model(one, everything));
});

it('leaves a store alone that another one has taken over', async () => {
  await lasting.load();
  await lasting.append(one);
  const other = await memoryLocalStore(disk).open('g');
  await expect(lasting.append(two)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  await other.append(two);
  expect(opened).toBe(1);
});
