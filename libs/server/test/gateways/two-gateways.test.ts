import { describeWith, POSTGRES_URL, REDIS_URL } from '../../../../test/support/servers';
import { RedisCommitBus } from '../../src/bus/redis-commit-bus';
import { SyncHub } from '../../src/hub';
import type { HubConfig } from '../../src/hub-options';
import type { CommitStore } from '../../src/store/commit-store';
import { postgresPlace } from '../support/postgres-place';
import { mutation, put } from '../support/world';
import { CuttingProxy } from './cutting-proxy';
import { HearingLink } from './hearing-link';
import { TestRoad } from './test-bus';

/** Never within a test: whatever arrives came over the bus. */
const NEVER = { whileUp: 2 ** 30, whileDown: 2 ** 30 };

describeWith(POSTGRES_URL, REDIS_URL)('two gateways on one database', () => {
  let place: Awaited<ReturnType<typeof postgresPlace>>;
  let hubs: SyncHub[];

  const gateway = async (config: Partial<HubConfig> = {}): Promise<SyncHub> => {
    const hub = await SyncHub.open({ store: place.store(), ...config });
    hubs.push(hub);
    return hub;
  };

  beforeEach(async () => {
    place = await postgresPlace();
    hubs = [];
  });
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.close()));
    await place.dispose();
  });

  it('are in one epoch, and begin another one when all have gone', async () => {
    const [a, b] = [await gateway(), await gateway()];
    expect(b.epoch).toEqual(a.epoch);
    await a.close();
    const c = await gateway();
    expect(c.epoch).toEqual(a.epoch);
    await Promise.all([b.close(), c.close()]);
    const d = await gateway();
    expect(d.epoch.ordinal).toBeGreaterThan(a.epoch.ordinal);
  });

  it('show each other their commits over Redis, in order, while both write', async () => {
    const bus = () => new RedisCommitBus({ url: REDIS_URL });
    const [a, b] = [await gateway({ bus: bus() }), await gateway({ bus: bus() })];
    const [alice, bob] = [await HearingLink.following(a, 'alice'), await HearingLink.following(b, 'bob')];
    for (let n = 1; n <= 20; n++) {
      alice.push('alice', 0, [mutation(n, [put(`a${n}`, n)])]);
      bob.push('bob', 0, [mutation(n, [put(`b${n}`, n)])]);
    }
    for (const link of [alice, bob]) await link.through(40);
    expect([a.bus, b.bus]).toEqual(['ok', 'ok']);
  });

  it('acknowledge a push after the commits in front of it, which others made', async () => {
    const road = new TestRoad();
    const kept: (readonly [string, Uint8Array])[] = [];
    const [a, b] = [
      await gateway({ bus: road.bus(), lookAfter: NEVER }),
      await gateway({ bus: road.bus(), lookAfter: NEVER }),
    ];
    const [alice, bob] = [await HearingLink.following(a, 'alice'), await HearingLink.following(b, 'bob')];
    road.fate = (told) => (kept.push(told), []);
    alice.push('alice', 0, [mutation(1, [put('a', 1)])]);
    await alice.next('pushed');
    bob.push('bob', 0, [mutation(1, [put('b', 1)])]);
    await bob.next('pushed');
    expect(await bob.through(2)).toEqual([]);
    expect(kept).toHaveLength(2);
  });

  it('stay behind no longer than until the next look into the store when the bus loses everything', async () => {
    const road = new TestRoad();
    road.fate = () => [];
    const lookAfter = { whileUp: 20, whileDown: 20 };
    const [a, b] = [
      await gateway({ bus: road.bus(), lookAfter }),
      await gateway({ bus: road.bus(), lookAfter }),
    ];
    const [alice, bob] = [await HearingLink.following(a, 'alice'), await HearingLink.following(b, 'bob')];
    for (let n = 1; n <= 5; n++) {
      alice.push('alice', 0, [mutation(n, [put(`a${n}`, n)])]);
      await bob.through(n);
    }
  });

  it('heal what the bus loses, doubles and brings in another order', async () => {
    const road = new TestRoad();
    let count = 0;
    let late: readonly [string, Uint8Array] | undefined;
    road.fate = (told) => {
      count++;
      if (count % 5 === 0) return [];
      if (count % 5 === 1) return [told, told];
      if (count % 5 === 2) {
        late = told;
        return [];
      }
      const out = late === undefined ? [told] : [told, late];
      late = undefined;
      return out;
    };
    const lookAfter = { whileUp: 200, whileDown: 200 };
    const all = await Promise.all([1, 2, 3].map(() => gateway({ bus: road.bus(), lookAfter })));
    const links = await Promise.all(all.map((hub, i) => HearingLink.following(hub, `c${i}`)));
    const narrow = await Promise.all(all.map((hub, i) => HearingLink.following(hub, `n${i}`, 'g', 'k1')));
    for (let n = 1; n <= 40; n++) {
      links.forEach((link, i) => link.push(`c${i}`, 0, [mutation(n, [put(`k${i}-${n}`, n)])]));
    }
    for (const link of links) await link.through(120);
    // `through` throws where a follower is shown a gap.
    const docs = (await all[0]!.look('g', ['k1-40'])).docs;
    for (const link of narrow) await link.through(docs[0]!.version);
  });

  it('let nobody skip a commit whose gateway stands still between its lock and its end', async () => {
    const road = new TestRoad();
    let goOn: () => void = () => undefined;
    const still = new Promise<void>((resolve) => (goOn = resolve));
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const [a, b] = [
      await gateway({ bus: road.bus(), store: standingStill(place.store(), () => (locked(), still)) }),
      await gateway({ bus: road.bus() }),
    ];
    const [alice, bob] = [await HearingLink.following(a, 'alice'), await HearingLink.following(b, 'bob')];
    const cara = await HearingLink.following(b, 'cara');
    alice.push('alice', 0, [mutation(1, [put('a', 1)])]);
    await isLocked;
    bob.push('bob', 0, [mutation(1, [put('b', 1)])]);
    cara.push('cara', 0, [mutation(1, [put('x', 1)])], 'other');
    expect(await b.look('g', ['a', 'b'])).toEqual({ head: 0, docs: [] });
    goOn();
    for (const link of [alice, bob, cara]) expect(await link.through(2)).toEqual([1, 2]);
    const { docs } = await b.look('g', ['a', 'b']);
    expect(docs.map(({ key, version }) => [key, version]).sort()).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('know that a commit was made whose answer was cut off', async () => {
    const proxy = await CuttingProxy.start(place.url);
    const a = await gateway({ store: place.store({ url: proxy.url }) });
    const accounts = a.atom<number>('accounts');
    await accounts.put('n', 1);
    proxy.cutNextCommit();
    const commit = await accounts.at('n').swap((n) => n + 1);
    expect([commit.version, proxy.cuts]).toEqual([2, 1]);
    expect(await accounts.get('n')).toBe(2);
    await a.close();
    await proxy.close();
  });

  it('let others go on when the one that stands still is gone for good', async () => {
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    let goOn: () => void = () => undefined;
    const still = new Promise<void>((resolve) => (goOn = resolve));
    const a = await gateway({
      store: standingStill(place.store({ idleInTransaction: 100 }), () => (locked(), still)),
    });
    const b = await gateway();
    const [alice, bob] = [await HearingLink.following(a, 'alice'), await HearingLink.following(b, 'bob')];
    alice.push('alice', 0, [mutation(1, [put('a', 1)])]);
    await isLocked;
    bob.push('bob', 0, [mutation(1, [put('b', 1)])]);
    expect(await bob.through(1)).toEqual([1]);
    goOn();
    expect(await alice.next('error')).toMatchObject({ code: 'RETRY_LATER' });
  });
});

/** The store, which waits in each transaction between what it wrote and COMMIT. */
const standingStill = (store: CommitStore, wait: () => Promise<void>): CommitStore =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (name === 'write') {
        const write: CommitStore['write'] = (work) =>
          target.write(async (tx) => {
            const result = await work(tx);
            await wait();
            return result;
          });
        return write;
      }
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
