import { describeWith, POSTGRES_URL } from '../../../../test/support/servers';
import type { Commit } from '../../src/atoms/commit';
import { SyncHub } from '../../src/hub';
import type { HubConfig } from '../../src/hub-options';
import { postgresPlace } from '../support/postgres-place';
import { TestRoad } from './test-bus';

/** Whoever is told of what, in order; `reached` waits for a version. */
class Notes {
  readonly told: { readonly by: string; readonly from: number; readonly to: number }[] = [];
  #wake: () => void = () => undefined;

  note(by: string, { from, version }: Commit): void {
    this.told.push({ by, from, to: version });
    this.#wake();
  }

  async reached(version: number): Promise<void> {
    while ((this.told.at(-1)?.to ?? 0) < version) await new Promise<void>((wake) => (this.#wake = wake));
  }

  by(): string[] {
    return [...new Set(this.told.map(({ by }) => by))];
  }
}

describeWith(POSTGRES_URL)('handlers of commits of several gateways', () => {
  let place: Awaited<ReturnType<typeof postgresPlace>>;
  let hubs: SyncHub[];
  let notes: Notes;
  const road = new TestRoad();

  const gateway = async (name: string, config: Partial<HubConfig> = {}): Promise<SyncHub> => {
    const hub = await SyncHub.open({ store: place.store(), bus: road.bus(), ...config });
    hubs.push(hub);
    hub.onCommit({ name: 'notes', group: 'list/*', handle: (commit) => notes.note(name, commit) });
    return hub;
  };

  beforeEach(async () => {
    place = await postgresPlace();
    [hubs, notes] = [[], new Notes()];
  });
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.close()));
    await place.dispose();
  });

  it('are told by one of them, in order, of the commits of all', async () => {
    const a = await gateway('a');
    await a.atom('list/1').put('k', 0);
    await notes.reached(1);
    const b = await gateway('b');
    for (let n = 2; n <= 10; n++) await (n % 2 === 0 ? a : b).atom('list/1').put('k', n);
    await notes.reached(10);
    expect(notes.by()).toEqual(['a']);
    let reached = 0;
    for (const { from, to } of notes.told) {
      expect(from).toBe(reached);
      reached = to;
    }
  });

  it('go on in another one, from where the first has come to', async () => {
    const a = await gateway('a');
    await a.atom('list/1').put('k', 1);
    await notes.reached(1);
    const b = await gateway('b');
    await a.close();
    await b.atom('list/1').put('k', 2);
    await notes.reached(2);
    expect(notes.told).toEqual([
      { by: 'a', from: 0, to: 1 },
      { by: 'b', from: 1, to: 2 },
    ]);
  });

  it('hear of commits that the bus has lost', async () => {
    const lookAfter = { whileUp: 20, whileDown: 20 };
    const a = await gateway('a', { lookAfter });
    await a.atom('list/1').put('k', 1);
    await notes.reached(1);
    const b = await SyncHub.open({ store: place.store() });
    hubs.push(b);
    await b.atom('list/2').put('k', 1);
    await b.atom('list/1').put('k', 2);
    await notes.reached(2);
  });
});
