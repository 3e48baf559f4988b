import type { LocalBatch } from '../../src/store/local-store';
import { MemoryDisk } from '../../src/store/memory-disk';
import { memoryLocalStore } from '../../src/store/memory-local-store';

const record = (id: string): LocalBatch => ({ records: new Map([[id, Uint8Array.of(1)]]) });

const idsOn = async (disk: MemoryDisk): Promise<string[]> => {
  const state = await (await memoryLocalStore(disk).open('todo')).load();
  return [...(state?.records.keys() ?? [])];
};

describe('a memory disk', () => {
  it('lets a second store go on where the first one died', async () => {
    const disk = new MemoryDisk();
    await (await memoryLocalStore(disk).open('todo')).append(record('1'));
    expect(await idsOn(disk)).toEqual(['1']);
  });

  it('closes the store before it when another takes it over', async () => {
    const disk = new MemoryDisk();
    const group = await memoryLocalStore(disk).open('todo');
    memoryLocalStore(disk);
    await expect(group.append(record('1'))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  it('of the manual kind makes nothing durable by itself', async () => {
    const disk = new MemoryDisk({ manual: true });
    const group = await memoryLocalStore(disk).open('todo');
    const settled: string[] = [];
    for (const id of ['1', '2', '3']) void group.append(record(id)).then(() => settled.push(id));
    await Promise.resolve();
    expect(disk.waiting).toBe(3);
    expect((await group.load())?.records).toBeUndefined();
    disk.flush(2);
    await new Promise(setImmediate);
    expect(settled).toEqual(['1', '2']);
    expect(disk.waiting).toBe(1);
  });

  it('loses in a crash what is not durable, and never says what became of it', async () => {
    const disk = new MemoryDisk({ manual: true });
    const group = await memoryLocalStore(disk).open('todo');
    const settled: string[] = [];
    const note = (id: string): void => void settled.push(id);
    void group.append(record('1')).then(() => note('1'));
    disk.flush();
    void group.append(record('2')).then(
      () => note('2'),
      () => note('2 failed'),
    );
    disk.crash();
    expect(await idsOn(disk)).toEqual(['1']);
    disk.flush();
    await new Promise(setImmediate);
    expect(settled).toEqual(['1']);
  });

  it('makes durable what waits when a store closes in good order', async () => {
    const disk = new MemoryDisk({ manual: true });
    const store = memoryLocalStore(disk);
    const appended = (await store.open('todo')).append(record('1'));
    await store.close();
    await appended;
    expect(await idsOn(disk)).toEqual(['1']);
  });
});
