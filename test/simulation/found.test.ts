import { MemoryDisk, type Conflict, type Rejected, type Transport } from '@atomsync/client';
import { inc } from '@atomsync/atom';
import { decodeBody, decodeDown, type DownMessage } from '@atomsync/protocol';
import { StaticUsersAuth } from '@atomsync/server';
import {
  createTestNet,
  TestProfile,
  type TestClient,
  type TestNet,
  type TestNetOptions,
} from '@atomsync/testing';
import { filter, map } from 'rxjs';
import { GatedStore } from '../histories/gated-store';

/* Histories that the simulation has found, each as short as it could be made. */

let net: TestNet;
const open = (options: TestNetOptions = {}): TestNet => (net = createTestNet(options));
afterEach(() => net.close());

const YEAR = 365 * 24 * 3600 * 1000;

describe('a right that is withdrawn and granted again while a push is on its way', () => {
  const WITH = { a: { token: 'a', groups: ['g'] } };
  const WITHOUT = { a: { token: 'a', groups: [] } };

  it.each([1, 40, 90, 150])(
    'does not have the push told refused that was committed, %s ms later',
    async (later) => {
      const auth = new StaticUsersAuth(WITH);
      open({ latency: 50, server: { auth } });
      const client = net.client({ user: 'a', token: 'a' });
      const atom = net.atom<number>(client, 'g');
      let rejected: readonly Rejected[] = [];
      client.sync.rejected$.subscribe((list) => (rejected = list));
      await net.flush();
      atom.put('n', 0);
      await net.flush();
      atom.at('n').swap(inc);
      await net.flush(later);
      auth.replace(WITHOUT);
      await net.flush(10);
      auth.replace(WITH);
      await net.flush(60_000);
      const [stored] = (await (await net.hub).look('g', ['n'])).docs;
      const committed = decodeBody(stored!.body!) === 1;
      expect([committed, rejected.length]).toEqual([atom.value.get('n') === 1, committed ? 0 : 1]);
      expect(atom.group.pending).toBe(0);
    },
  );
});

describe('a clock that jumps', () => {
  it('does not make an author forget what it has just written: it hears who covered it', async () => {
    open();
    let jump = 0;
    const a = net.atom<string>(net.client({ now: () => net.clock.now() + jump }), 'g');
    const b = net.atom<string>(net.client(), 'g');
    const told: Conflict[] = [];
    a.conflicts$.subscribe((conflict) => told.push(conflict));
    await net.flush();
    net.offline(b);
    a.put('k', 'first');
    jump = YEAR;
    await net.flush();
    b.put('k', 'second');
    net.online(b);
    await net.flush();
    expect(told).toMatchObject([{ key: 'k', mine: 'first', theirs: 'second', kept: 'theirs' }]);
  });
});

describe('a leading tab that crashes before it has stored what another tab wrote', () => {
  it('loses nothing of it', async () => {
    open();
    const disk = new MemoryDisk({ manual: true });
    const profile = new TestProfile(net.clock, disk);
    const flush = async (milliseconds?: number): Promise<void> => {
      disk.flush();
      await net.flush(milliseconds);
      disk.flush();
      await net.flush(milliseconds);
    };
    const tabs = [];
    for (let i = 0; i < 2; i++) {
      const tab = profile.tab();
      const atom = net.atom<number>(net.client({ tab }), 'g');
      await flush();
      tabs.push({ tab, atom });
    }
    const [leader, follower] = tabs;
    leader!.atom.put('n', 0);
    await flush();
    follower!.atom.at('n').swap(inc);
    // It is taken, and not stored.
    await net.flush(1);
    leader!.tab.crash();
    await flush(30_000);
    const other = net.atom<number>(net.client(), 'g');
    await flush();
    expect([follower!.atom.value.get('n'), other.value.get('n')]).toEqual([1, 1]);
  });
});

/** A transport over a client's cable that loses what the server sends of this type, whenever `loses` says so. */
const losing = (client: TestClient, type: DownMessage['type'], loses: () => boolean): Transport => {
  return (url) =>
    client.cable.transport(url).pipe(
      map((link) => ({
        ...link,
        down$: link.down$.pipe(filter((frame) => !(decodeDown(frame).type === type && loses()))),
      })),
    );
};

describe('a broadcast that is lost', () => {
  it('is made good as soon as the answer to a push names its commit', async () => {
    open();
    let lost = 0;
    const transport = losing(net.client(), 'commits', () => lost-- > 0);
    const a = net.atom<number>(net.client({ transport }), 'g');
    await net.flush();
    a.put('n', 1);
    await net.flush();
    lost = 1;
    a.at('n').swap(inc);
    await net.flush(1_000);
    expect([a.value.get('n'), a.group.pending]).toEqual([2, 0]);
  });
});

describe('a backup that is put back between a commit and the answer to its push', () => {
  it('does not swallow the refusal that the answer held', async () => {
    open();
    net.refuse(({ action, key }) => action === 'write' && key === 'forbidden');
    let loses = false;
    const wire = net.client();
    const client = net.client({ transport: losing(wire, 'pushed', () => loses) });
    const a = net.atom<number>(client, 'g');
    let rejected: readonly Rejected[] = [];
    client.sync.rejected$.subscribe((list) => (rejected = list));
    await net.flush();
    a.put('k', 1);
    await net.flush();
    const backup = net.backup();
    loses = true;
    a.put('forbidden', 1);
    a.put('k', 2);
    await net.flush(1_000);
    expect([a.value.get('k'), a.group.pending, rejected.length]).toEqual([2, 0, 0]);
    loses = false;
    wire.cable.cut();
    await net.restartServer(backup);
    await net.flush(60_000);
    expect(rejected.map(({ code, docs }) => [code, [...docs]])).toEqual([['FORBIDDEN', [['forbidden', 1]]]]);
    const [other] = net.atoms<number>('g', 1);
    await net.flush();
    expect(other!.value.toJSON()).toEqual({ k: 2 });
  });
});

describe('a backup of the same version, which knows nothing of a refusal since', () => {
  it('does not hold up what is written after it', async () => {
    open();
    net.refuse(({ action, key }) => action === 'write' && key === 'forbidden');
    const a = net.atom<number>(net.client(), 'g');
    await net.flush();
    a.put('n', 1);
    await net.flush();
    const backup = net.backup();
    a.put('forbidden', 1);
    await net.flush();
    net.offline(a);
    a.at('n').swap(inc);
    await net.restartServer(backup);
    net.online(a);
    await net.flush(60_000);
    const [other] = net.atoms<number>('g', 1);
    await net.flush();
    expect([a.group.pending, other!.value.toJSON()]).toEqual([0, { n: 2 }]);
  });
});

describe('a right that is withdrawn while the server ends', () => {
  it('counts for the commits that still go out', async () => {
    const store = new GatedStore();
    const auth = new StaticUsersAuth({
      a: { token: 'a', groups: ['g'] },
      b: { token: 'b', groups: ['g'] },
    });
    open({ server: { store, auth } });
    const a = net.atom<number>(net.client({ user: 'a', token: 'a' }), 'g');
    const b = net.atom<number>(net.client({ user: 'b', token: 'b' }), 'g');
    await net.flush();
    store.hold();
    a.put('secret', 1);
    await net.flush(200);
    const ended = (await net.hub).drain();
    await net.flush(1);
    auth.replace({ a: { token: 'a', groups: ['g'] }, b: { token: 'b', groups: [] } });
    store.release();
    await net.flush(5);
    await ended;
    expect([a.value.get('secret'), b.value.get('secret')]).toEqual([1, undefined]);
  });
});
