import { inc } from '@atomsync/atom';
import type { SyncedAtom } from '@atomsync/client';
import {
  createTestNet,
  type TestClient,
  type TestNet,
  type TestProfile,
  type TestTab,
} from '@atomsync/testing';

let net: TestNet;
let profile: TestProfile;
const open = (latency: number): void => {
  net = createTestNet({ latency });
  profile = net.profile();
};
afterEach(() => net.close());

interface OpenTab {
  readonly tab: TestTab;
  readonly client: TestClient;
  readonly atom: SyncedAtom<number>;
}

/** A new tab of the profile; the first one leads. */
async function openTab(): Promise<OpenTab> {
  const tab = profile.tab();
  const client = net.client({ tab });
  const atom = net.atom<number>(client, 'g');
  await net.flush();
  return { tab, client, atom };
}

const plusOne = (n: number): number => n + 1;

describe('5. two tabs, one counter', () => {
  it.each([
    ['a plain function', plusOne],
    ['a named swap', inc],
  ])('ends at 2 when both swap %s before either hears of the other', async (_, f) => {
    open(20);
    const [a, b] = [await openTab(), await openTab()];
    a.atom.put('n', 0);
    await net.flush();
    a.atom.at('n').swap(f);
    b.atom.at('n').swap(f);
    expect([a.atom.value.get('n'), b.atom.value.get('n')]).toEqual([1, 1]);
    await net.flush();
    const server = net.atom<number>(net.client(), 'g');
    await net.flush();
    for (const { value } of [a.atom, b.atom, server]) expect(value.get('n')).toBe(2);
  });

  it('ends at 2 also offline, and after both tabs have crashed', async () => {
    open(20);
    const [a, b] = [await openTab(), await openTab()];
    a.atom.put('n', 0);
    await net.flush();
    net.offline(a.atom);
    net.offline(b.atom);
    a.atom.at('n').swap(plusOne);
    b.atom.at('n').swap(plusOne);
    await net.flush();
    a.tab.crash();
    b.tab.crash();
    const c = await openTab();
    await net.flush();
    expect(c.atom.value.get('n')).toBe(2);
    const server = net.atom<number>(net.client(), 'g');
    await net.flush();
    expect(server.value.get('n')).toBe(2);
  });
});

describe('14. frozen leader', () => {
  // Before the push leaves, while it is on its way, while its answer is, and after.
  it.each([0, 30, 70, 130])('%s ms into a push: nothing is lost or doubled', async (into) => {
    open(50);
    const [first, second] = [await openTab(), await openTab()];
    const stranger = net.atom<number>(net.client(), 'g');
    first.atom.put('n', 0);
    await net.flush();
    for (let i = 0; i < 3; i++) first.atom.at('n').swap(plusOne);
    await net.flush(into);
    first.tab.freeze();
    for (let i = 0; i < 2; i++) second.atom.at('n').swap(plusOne);
    await net.flush(20_000);
    stranger.at('n').swap((n) => n + 10);
    second.atom.at('n').swap(plusOne);
    await net.flush(20_000);
    expect(second.atom.value.get('n')).toBe(stranger.value.get('n'));
    first.tab.wake();
    first.atom.at('n').swap(plusOne);
    await net.flush(20_000);
    for (const { value } of [first.atom, second.atom, stranger]) expect(value.get('n')).toBe(17);
    expect(first.client.cable.links + second.client.cable.links).toBe(1);
  });
});
