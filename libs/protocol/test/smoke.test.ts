import {
  decodeBody,
  decodeDown,
  decodeUp,
  encodeBody,
  encodeDown,
  encodeUp,
  keyword,
  UUID,
  DEFAULT_LIMITS,
} from '../src/index';
test('smoke', () => {
  const v = {
    a: [1, -0, NaN, 1.5, 2 ** 40, -5, 'zürich', 'x'.repeat(100), 'é'.repeat(80)],
    m: new Map<unknown, unknown>([
      [1, 'a'],
      [{ x: 1 }, new Set([1n, -1n, 0n])],
    ]),
    d: new Date(5),
    u: new UUID('00000000-0000-4000-8000-000000000001'),
    k: keyword('a/b'),
    b: new Uint8Array([1, 2]),
    n: null,
    z: undefined,
  };
  expect(decodeBody(encodeBody(v))).toStrictEqual(v);
  const body = encodeBody({ t: 1 });
  const push = {
    type: 'push',
    group: 'g',
    clientId: 'c',
    base: 3,
    seen: 0,
    mutations: [
      {
        number: 4,
        madeAt: 1e12,
        reads: [],
        changes: [
          { kind: 'put', key: 'k', schemaVersion: 1, body },
          { kind: 'delete', key: 'z' },
        ],
      },
      {
        number: 5,
        madeAt: 1e12 + 1,
        reads: 'group',
        changes: [],
        expiresAt: 5e12,
        call: { name: 'inc', args: encodeBody([1]), keys: ['a'] },
      },
    ],
  } as const;
  expect(decodeUp(encodeUp(push))).toEqual(push);
  const commits = {
    type: 'commits',
    group: 'g',
    from: 3,
    to: 9,
    commits: [
      { version: 4, clientId: 'a', number: 7, at: 1e12, changes: push.mutations[0].changes },
      { version: 9, clientId: 'b', number: 2, at: 1e12 - 5, changes: [] },
      { version: 10, clientId: 'a', number: 8, at: 1e12 - 5, changes: [] },
    ],
  } as const;
  expect(decodeDown(encodeDown(commits))).toEqual(commits);
  const changes = {
    type: 'changes',
    group: 'g',
    from: 0,
    docs: [
      { key: 'a', version: 5, at: 1e12, schemaVersion: 1, body },
      { key: 'b', version: 7, at: 1e12, schemaVersion: 2 },
    ],
    cursor: { token: 't', version: 8 },
    lines: [
      {
        clientId: 'c',
        last: 3,
        results: [
          { number: 3, kind: 'accepted', version: 7 },
          { number: 4, kind: 'refused', code: 'X', message: 'm' },
        ],
      },
    ],
  } as const;
  expect(decodeDown(encodeDown(changes))).toEqual(changes);
  const w = { type: 'welcome', epoch: 'e', time: 1, limits: DEFAULT_LIMITS } as const;
  expect(decodeDown(encodeDown(w))).toEqual(w);
});
