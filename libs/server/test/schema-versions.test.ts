import { inc } from '@atomsync/atom';
import { encodeSwapInput, type DownMessage, type Mutation, type SwapCall } from '@atomsync/protocol';
import { Features, type GroupFeature } from '../src/features';
import type { SyncHub } from '../src/hub';
import type { MemoryLink } from './support/memory-link';
import { connect, mutation, openHub, pushOf, put, settle, subscribe } from './support/world';

const open = (feature?: Omit<GroupFeature, 'group'>): Promise<SyncHub> =>
  openHub({ features: new Features(feature ? [{ group: 'g', ...feature }] : []) });
const putAs = (schemaVersion: number, key: string, value: unknown) => ({ ...put(key, value), schemaVersion });
const follow = async (hub: SyncHub, clientId: string, schemaVersion?: number): Promise<MemoryLink> => {
  const link = await connect(hub, clientId);
  link.say({
    type: 'subscribe',
    group: 'g',
    lines: [],
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
  });
  await settle();
  return link;
};
const say = async (
  link: MemoryLink,
  clientId: string,
  base: number,
  ...mutations: Mutation[]
): Promise<DownMessage[]> => {
  link.take();
  link.say(pushOf(clientId, base, mutations));
  await settle();
  return link.take();
};
const upgrade = { type: 'error', code: 'UPGRADE_REQUIRED', group: 'g', retryable: false };

describe('a group with a schema version', () => {
  it('lets only compatible clients in, and tells these from which version on one is', async () => {
    const hub = await open({ version: 3, compatibleWith: 2 });
    expect((await follow(hub, 'one')).take()).toMatchObject([{ type: 'welcome' }, upgrade]);
    const [, changes] = (await follow(hub, 'two', 2)).take();
    expect(changes).toMatchObject({ type: 'changes', compatibleWith: 2 });
  });

  it('is compatible with its own version alone when nothing else is said', async () => {
    const hub = await open({ version: 3 });
    expect((await follow(hub, 'two', 2)).take()).toMatchObject([{ type: 'welcome' }, upgrade]);
    expect((await follow(hub, 'three', 3)).take()).toMatchObject([{}, { compatibleWith: 3 }]);
  });

  it('says nothing where nothing was declared', async () => {
    const [, changes] = (await follow(await open(), 'one')).take();
    expect(changes).not.toHaveProperty('compatibleWith');
  });

  it('ends a push before what is too old, and takes it once it comes in a newer version', async () => {
    const hub = await open({ version: 2 });
    const a = await follow(hub, 'a', 2);
    const answers = await say(a, 'a', 0, mutation(1, [putAs(2, 'k', 1)]), mutation(2, [putAs(1, 'l', 1)]));
    expect(answers).toMatchObject([
      { type: 'commits' },
      { type: 'pushed', results: [{ number: 1, kind: 'accepted' }] },
      upgrade,
    ]);
    expect(await say(a, 'a', 1, mutation(2, [putAs(1, 'l', 1)]))).toMatchObject([upgrade]);
    const [, pushed] = await say(a, 'a', 1, mutation(2, [putAs(2, 'l', 1)]));
    expect(pushed).toMatchObject({ results: [{ number: 2, kind: 'accepted' }] });
  });

  it('answers again what was accepted before it was declared', async () => {
    const features = new Features();
    const hub = await openHub({ features });
    const a = await follow(hub, 'a', 2);
    await say(a, 'a', 0, mutation(1, [putAs(1, 'k', 1)]));
    features.add({ group: 'g', version: 2 });
    expect(await say(a, 'a', 1, mutation(1, [putAs(1, 'k', 1)]))).toMatchObject([
      { type: 'pushed', results: [{ number: 1, kind: 'accepted', version: 1 }] },
    ]);
  });

  it.each([
    [{ version: 0 }],
    [{ version: 1.5 }],
    [{ version: 2, compatibleWith: 3 }],
    [{ version: 2, compatibleWith: 0 }],
  ])('cannot be declared with %j', (feature) => {
    expect(() => new Features([{ group: 'g', ...feature }])).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  });
});

describe('a doc of a newer version', () => {
  it('is not written by an older program where nobody has said that it may', async () => {
    const hub = await open();
    const a = await follow(hub, 'a');
    await say(a, 'a', 0, mutation(1, [putAs(2, 'k', 1)]));
    expect(await say(a, 'a', 1, mutation(2, [putAs(1, 'k', 2)]))).toMatchObject([upgrade]);
    expect(await say(a, 'a', 1, mutation(2, [{ kind: 'delete', key: 'k' }]))).toMatchObject([
      { type: 'commits' },
      { results: [{ number: 2, kind: 'accepted' }] },
    ]);
    const [, pushed] = await say(a, 'a', 2, mutation(3, [putAs(1, 'k', 2)]));
    expect(pushed).toMatchObject({ results: [{ number: 3, kind: 'accepted' }] });
  });

  it('keeps its version where a compatible older program writes it, and followers see that', async () => {
    const hub = await open({ version: 2, compatibleWith: 1 });
    const a = await follow(hub, 'a');
    await say(a, 'a', 0, mutation(1, [putAs(2, 'k', 1)]));
    const [commits] = await say(a, 'a', 1, mutation(2, [putAs(1, 'k', 2)]));
    expect(commits).toMatchObject({ commits: [{ changes: [{ key: 'k', schemaVersion: 2 }] }] });
    expect(await subscribe(a)).toMatchObject([{ docs: [{ key: 'k', schemaVersion: 2 }] }]);
  });
});

describe('a named swap that has become stale', () => {
  const call: SwapCall = {
    name: 'inc',
    args: encodeSwapInput({ args: [], path: ['k'], defaults: [] }, () => undefined),
    keys: ['k'],
  };
  const stale = async (docVersion: number, callVersion: number, feature: Omit<GroupFeature, 'group'>) => {
    const hub = await open({ swaps: [inc], ...feature });
    const [a, b] = [await follow(hub, 'a', 2), await follow(hub, 'b', 2)];
    await say(a, 'a', 0, mutation(1, [putAs(docVersion, 'k', 5)]));
    return say(b, 'b', 0, mutation(1, [putAs(callVersion, 'k', 1)], { call }));
  };

  it('runs here on a doc of the same version', async () => {
    expect(await stale(2, 2, {})).toMatchObject([{}, { results: [{ kind: 'accepted' }] }]);
  });

  it('is left to its program on a doc of an older version, which only that one can migrate', async () => {
    expect(await stale(1, 2, {})).toMatchObject([{ results: [{ kind: 'stale' }] }]);
  });

  it('runs here on a doc of a newer, compatible version, and leaves it that', async () => {
    expect(await stale(2, 1, { compatibleWith: 1, version: 2 })).toMatchObject([
      { commits: [{ changes: [{ kind: 'put', schemaVersion: 2 }] }] },
      { results: [{ kind: 'accepted' }] },
    ]);
  });

  it('does not run on a doc of a newer version that is not known to be compatible', async () => {
    expect(await stale(2, 1, {})).toMatchObject([upgrade]);
  });
});
