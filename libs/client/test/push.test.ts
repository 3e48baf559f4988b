import type { Change } from '@atomsync/protocol';
import { nextPush, type PushSource, type Sendable } from '../src/push';

const put = (key: string, bytes = 1): Change => ({
  kind: 'put',
  key,
  schemaVersion: 1,
  body: new Uint8Array(bytes),
});

const pending = (number: number, parts: Partial<Sendable> = {}): Sendable => {
  const changes = parts.changes ?? [put(`k${number}`)];
  return {
    clientId: 'line',
    number,
    order: number,
    reads: new Set(changes.map(({ key }) => key)),
    readsGroup: false,
    madeAt: 1000 + number,
    madeOn: 0,
    covers: false,
    terms: {},
    call: undefined,
    scope: undefined,
    edits: new Map(changes.map(({ key }) => [key, undefined])),
    ...parts,
    changes,
  };
};

const source = (mutations: readonly Sendable[], parts: Partial<PushSource> = {}): PushSource => ({
  group: 'g',
  base: 9,
  pending: mutations,
  durable: Infinity,
  seen: () => 4,
  serverTime: (time) => time,
  ...parts,
});

const limits = { maxMutations: 100, maxFrame: 1_000_000 };
const numbersOf = (push: ReturnType<typeof nextPush>): number[] | undefined =>
  push?.mutations.map(({ number }) => number);

describe('nextPush', () => {
  it('is nothing when nothing is pending', () => {
    expect(nextPush(source([]), limits)).toBeUndefined();
  });

  it('names the group, the line, the base and what has been seen of the line', () => {
    const seen = (clientId: string): number => (clientId === 'line' ? 4 : 0);
    expect(nextPush(source([pending(5)], { seen }), limits)).toEqual({
      type: 'push',
      group: 'g',
      clientId: 'line',
      base: 9,
      seen: 4,
      mutations: [{ number: 5, changes: [put('k5')], reads: [], madeAt: 1005 }],
    });
  });

  it('never merges: two writes of one doc stay two mutations', () => {
    const push = nextPush(
      source([pending(1, { changes: [put('k')] }), pending(2, { changes: [put('k')] })]),
      limits,
    );
    expect(numbersOf(push)).toEqual([1, 2]);
  });

  it('sends a mutation that came to nothing, because its number counts', () => {
    const push = nextPush(source([pending(1, { changes: [] }), pending(2)]), limits);
    expect(push?.mutations.map(({ changes }) => changes.length)).toEqual([0, 1]);
  });

  it('sends only what is durable', () => {
    const all = [pending(1), pending(2), pending(3)];
    expect(numbersOf(nextPush(source(all, { durable: 2 }), limits))).toEqual([1, 2]);
    expect(nextPush(source(all, { durable: 0 }), limits)).toBeUndefined();
  });

  it('sends one line at a time, the oldest first', () => {
    const own = [pending(1, { order: 8 }), pending(2, { order: 9 })];
    const older = [pending(6, { clientId: 'old', order: 1 }), pending(7, { clientId: 'old', order: 2 })];
    const push = nextPush(source([...older, ...own]), limits);
    expect(push?.clientId).toBe('old');
    expect(numbersOf(push)).toEqual([6, 7]);
  });

  it('holds no more mutations than the server takes', () => {
    const all = Array.from({ length: 5 }, (_, i) => pending(i + 1));
    expect(numbersOf(nextPush(source(all), { ...limits, maxMutations: 3 }))).toEqual([1, 2, 3]);
  });

  it('stays well below the largest frame', () => {
    const all = Array.from({ length: 5 }, (_, i) => pending(i + 1, { changes: [put(`k${i}`, 1000)] }));
    expect(numbersOf(nextPush(source(all), { ...limits, maxFrame: 5000 }))).toEqual([1, 2]);
  });

  it('sends a mutation that is larger than that alone', () => {
    const all = [pending(1, { changes: [put('k', 4000)] }), pending(2)];
    expect(numbersOf(nextPush(source(all), { ...limits, maxFrame: 5000 }))).toEqual([1]);
  });

  it('names the keys that were read and not written', () => {
    const one = pending(1, { changes: [put('a')], reads: new Set(['a', 'b']) });
    expect(nextPush(source([one]), limits)?.mutations[0]?.reads).toEqual(['b']);
  });

  it("says 'group' when the outcome depends on all docs", () => {
    const one = pending(1, { reads: new Set(['b']), readsGroup: true });
    expect(nextPush(source([one]), limits)?.mutations[0]?.reads).toBe('group');
  });

  it("gives times by the server's clock", () => {
    const one = pending(1, { terms: { expiresAt: 2000 } });
    const push = nextPush(source([one], { serverTime: (time) => time + 50 }), limits);
    expect(push?.mutations[0]).toMatchObject({ madeAt: 1051, expiresAt: 2050 });
  });

  it('says what a mutation was made on only where it covers what others wrote', () => {
    const mutations = [
      pending(1, { madeOn: 3 }),
      pending(2, { madeOn: 3, covers: true }),
      // On docs of a server that has since gone back.
      pending(3, { madeOn: 12, covers: true }),
    ];
    expect(nextPush(source(mutations), limits)?.mutations.map(({ madeOn }) => madeOn)).toEqual([
      undefined,
      3,
      9,
    ]);
  });

  describe('with a named swap', () => {
    const call = { name: 'inc', input: new Uint8Array([1]) };

    it('gives it along where the server may run it', () => {
      const push = nextPush(source([pending(1, { call, scope: ['k1'] })]), limits);
      expect(push?.mutations[0]?.call).toEqual({ name: 'inc', args: call.input, keys: ['k1'] });
    });

    it.each<[string, Partial<Sendable>]>([
      ['its docs cannot be told', { call }],
      ['it reads the whole group', { call, scope: ['k1'], readsGroup: true }],
      ['it is to be rejected when others were first', { call, scope: ['k1'], terms: { ifStale: 'reject' } }],
    ])('keeps it back where %s', (_, parts) => {
      expect(nextPush(source([pending(1, parts)]), limits)?.mutations[0]).not.toHaveProperty('call');
    });
  });
});
