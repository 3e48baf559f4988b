import { schemaFault, type StandardSchemaV1 } from '../src/index';

const schema = (validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

describe('what a schema finds wrong', () => {
  test('is nothing where the value fits', () => {
    expect(
      schemaFault(
        schema((value) => ({ value })),
        1,
      ),
    ).toBeUndefined();
  });

  test('is told with its place', () => {
    const fault = (path?: readonly (PropertyKey | { readonly key: PropertyKey })[]): string | undefined =>
      schemaFault(
        schema(() => ({ issues: [{ message: 'no', path }] })),
        1,
      );
    expect(fault()).toBe('no');
    expect(fault(['list', { key: 0 }, 'id'])).toBe('at .list.0.id: no');
  });

  test('is that it answers with a promise', () => {
    expect(
      schemaFault(
        schema(async (value) => ({ value })),
        1,
      ),
    ).toMatch(/asynchronous/);
  });
});
