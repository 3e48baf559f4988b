import { syncedAtom } from '@atomsync/client';
import { valuesEqual } from '@atomsync/protocol';
import fc from 'fast-check';
import { carryable, HOSTILE_KEYS } from '../../libs/protocol/test/arbitrary';
import { firstValueFrom } from 'rxjs';
import { Stage, TRANSPORTS } from '../support/stage';

const VALUES = 400;

describe.each(TRANSPORTS)('values, from atom over %s and SQLite to another atom', (_, transport) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(transport);
  });
  afterAll(() => stage.close());

  const open = (group: string) => syncedAtom<unknown>(stage.client('values'), group);

  it(`arrive equal to themselves, ${VALUES} of every kind and nesting`, async () => {
    const client = stage.client('author');
    const author = syncedAtom<unknown>(client, 'values');
    // `undefined` is the one carryable value that is no doc.
    const values = fc.sample(
      carryable().filter((value) => value !== undefined),
      VALUES,
    );
    values.forEach((value, index) => {
      author.put(`value:${index}`, value);
    });
    await author.settled();
    const rejected = await firstValueFrom(client.rejected$);
    expect(rejected.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    const reader = open('values');
    await reader.ready();
    values.forEach((value, index) => {
      const arrived = reader.value.get(`value:${index}`);
      if (!valuesEqual(arrived, value))
        throw new Error(`${fc.stringify(value)} arrived as ${fc.stringify(arrived)}`);
    });
    expect(reader.value.size).toBe(VALUES);
  });

  it('have keys that are carried exactly, or refused with the key and the rule', async () => {
    const author = open('keys');
    await author.ready();
    const carried: string[] = [];
    for (const key of [...HOSTILE_KEYS, 'lone \ud800 surrogate']) {
      try {
        author.put(key, { key, inside: { [key]: 1 } });
        carried.push(key);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(INVALID_KEY|NOT_CARRYABLE)$/) });
        expect((error as Error).message).toMatch(/key|surrogate|UTF-8/);
      }
    }
    await author.settled();
    const reader = open('keys');
    await reader.ready();
    expect(carried).toEqual(expect.arrayContaining(['toString', 'hasOwnProperty', 'valueOf']));
    // As keys they are refused; as properties of a value they are data like any other.
    for (const name of ['__proto__', 'constructor']) expect(carried).not.toContain(name);
    for (const key of carried) {
      const doc = reader.value.get(key) as { key: string; inside: Record<string, unknown> };
      expect(doc.key).toBe(key);
      expect(Object.getOwnPropertyDescriptor(doc.inside, key)?.value).toBe(1);
    }
    expect(reader.value.size).toBe(new Set(carried).size);
    expect(({} as Record<string, unknown>)['inside']).toBeUndefined();
  });
});
