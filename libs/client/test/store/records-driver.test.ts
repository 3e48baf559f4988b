import localforage from 'localforage';
import { openRecords, type RecordsForage } from '../../src/store/browser/records-driver';
import { IndexedDbMedium } from './indexed-db-medium';

describe('our driver of localforage', () => {
  const medium = new IndexedDbMedium();
  let records: RecordsForage;

  beforeAll(async () => {
    records = await openRecords(localforage, medium.database);
  });

  afterAll(() => records.dropInstance());

  it('does what localforage promises of every driver', async () => {
    expect(records.driver()).toBe('atomsyncRecords');
    expect(await records.getItem('a')).toBeNull();
    expect(await records.setItem('b', new Map([[1, 2]]))).toEqual(new Map([[1, 2]]));
    await records.setItem('a', 'first');
    expect(await records.getItem('b')).toEqual(new Map([[1, 2]]));
    expect(await records.length()).toBe(2);
    expect(await records.keys()).toEqual(['a', 'b']);
    expect(await records.key(1)).toBe('b');
    expect(await records.key(2)).toBeNull();
    const seen: unknown[] = [];
    await records.iterate((value, key, count) => void seen.push([value, key, count]));
    expect(seen).toEqual([
      ['first', 'a', 1],
      [new Map([[1, 2]]), 'b', 2],
    ]);
    expect(await records.iterate((value) => value)).toBe('first');
    await records.removeItem('a');
    expect(await records.keys()).toEqual(['b']);
    await records.clear();
    expect(await records.length()).toBe(0);
  });

  it('changes many keys, or none', async () => {
    const put = [
      ['k1', 1],
      ['k2', 2],
      ['k3', 3],
    ] as const;
    const never = new Error('taken') as never;
    await expect(records.commit({ put }, 'owner', () => never)).rejects.toThrow('taken');
    const uncloneable = [...put, ['k4', () => 0]] as const;
    await expect(records.commit({ put: uncloneable }, 'owner', () => undefined)).rejects.toMatchObject({
      code: 'STORE_FAILED',
    });
    expect(await records.keys()).toEqual([]);
    await records.commit({ put }, 'owner', () => undefined);
    await records.commit({ forget: [['k1', 'k3']], put: [['k1', 4]] }, 'owner', () => undefined);
    expect(await records.readRecords('k', 'l')).toEqual([
      { key: 'k1', value: 4 },
      { key: 'k3', value: 3 },
    ]);
  });
});
