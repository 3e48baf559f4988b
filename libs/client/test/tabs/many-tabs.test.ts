import { inc, update } from '@atomsync/atom';
import type { SyncedAtom } from '@atomsync/client';
import {
  createTestNet,
  type TestClient,
  type TestNet,
  type TestProfile,
  type TestTab,
} from '@atomsync/testing';
import fc from 'fast-check';

interface Tab {
  readonly tab: TestTab;
  readonly client: TestClient;
  readonly atom: SyncedAtom<number>;
  frozen: boolean;
}

type Event =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'put' | 'swap' | 'close' | 'crash' | 'freeze' | 'wake' | 'offline' | 'online';
      readonly tab: number;
    }
  | { readonly kind: 'other' }
  | { readonly kind: 'wait'; readonly milliseconds: number };

const RUNS = Number(process.env['TAB_RUNS'] ?? 30);

const which = fc.nat(3);
const waits = fc.record({
  kind: fc.constant('wait' as const),
  milliseconds: fc.constantFrom(1, 5, 50, 500, 5_000),
});
const on = <K extends Extract<Event, { tab: number }>['kind']>(kind: K) =>
  fc.record({ kind: fc.constant(kind), tab: which });
const calm = [
  { weight: 5, arbitrary: on('put') },
  { weight: 5, arbitrary: on('swap') },
  { weight: 2, arbitrary: fc.constant<Event>({ kind: 'other' }) },
  { weight: 4, arbitrary: waits },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: 'open' }) },
  { weight: 1, arbitrary: on('offline') },
  { weight: 1, arbitrary: on('online') },
];
const rough = [
  ...calm,
  { weight: 1, arbitrary: on('close') },
  { weight: 1, arbitrary: on('crash') },
  { weight: 1, arbitrary: on('freeze') },
  { weight: 1, arbitrary: on('wake') },
];
const events = (kinds: typeof rough) =>
  fc.array(fc.oneof(...kinds) as fc.Arbitrary<Event>, { maxLength: 40 });

/** A profile whose tabs come, go and suffer, beside another client: what was written, and what is known to be durable. */
class Run {
  readonly net: TestNet = createTestNet();
  readonly profile: TestProfile = this.net.profile();
  readonly tabs: Tab[] = [];
  readonly other = this.net.atom<number>(this.net.client(), 'g');
  readonly durable = new Set<string>();
  readonly called = new Set<string>();
  #keys = 0;
  #others = 0;
  readonly #swap: (n: number) => number;

  constructor(swap: (n: number) => number) {
    this.#swap = swap;
  }

  async begin(): Promise<void> {
    this.other.put('n', 0);
    this.open();
    this.open();
    await this.net.flush();
  }

  async play(event: Event): Promise<void> {
    if (event.kind === 'wait') return this.net.flush(event.milliseconds);
    if (event.kind === 'open') {
      if (this.tabs.length < 4) this.open();
      return;
    }
    if (event.kind === 'other') {
      this.#others++;
      this.other.at('n').swap((n) => n + 1);
      return;
    }
    const tab = this.tabs[event.tab % this.tabs.length];
    if (tab) this.#do(tab, event.kind);
  }

  open(): void {
    const tab = this.profile.tab();
    const client = this.net.client({ tab });
    this.tabs.push({ tab, client, atom: this.net.atom<number>(client, 'g'), frozen: false });
  }

  /** Everyone wakes, and the network heals. */
  async end(): Promise<void> {
    for (const tab of this.tabs) {
      this.net.online(tab.atom);
      if (tab.frozen) tab.tab.wake();
    }
    if (this.tabs.length === 0) this.open();
    await this.net.flush(40_000);
  }

  check(exact: boolean): void {
    const docs = this.other.value.toJSON();
    for (const { atom } of this.tabs) {
      expect(atom.value.toJSON()).toEqual(docs);
      expect(atom.group.pending).toBe(0);
    }
    const { n = 0, ...puts } = docs as Record<string, number>;
    const swaps = (names: Set<string>): number => [...names].filter((name) => name.startsWith('swap')).length;
    for (const name of this.durable) if (name.startsWith('put')) expect(puts).toHaveProperty(name, 1);
    expect(n).toBeLessThanOrEqual(this.#others + swaps(this.called));
    expect(n).toBeGreaterThanOrEqual(this.#others + swaps(exact ? this.called : this.durable));
  }

  #do(it: Tab, kind: Extract<Event, { tab: number }>['kind']): void {
    switch (kind) {
      case 'offline':
      case 'online':
        this.net[kind](it.atom);
        return;
      case 'freeze':
        it.frozen = true;
        it.tab.freeze();
        return;
      case 'wake':
        it.frozen = false;
        it.tab.wake();
        return;
      case 'crash':
      case 'close':
        this.tabs.splice(this.tabs.indexOf(it), 1);
        if (kind === 'crash') it.tab.crash();
        else void it.client.sync.close();
        return;
      case 'put':
      case 'swap':
        if (!it.frozen && it.atom.value.has('n')) this.#write(it, kind);
    }
  }

  #write({ atom }: Tab, kind: 'put' | 'swap'): void {
    const name = `${kind}-${++this.#keys}`;
    this.called.add(name);
    const receipt =
      kind === 'put' ? atom.transact((docs) => docs.with(name, 1)) : atom.transact(update, 'n', this.#swap);
    void receipt.durable.then(
      () => this.durable.add(name),
      () => undefined,
    );
  }
}

async function run(swap: (n: number) => number, exact: boolean, script: readonly Event[]): Promise<void> {
  const play = new Run(swap);
  await play.begin();
  for (const event of script) await play.play(event);
  await play.end();
  play.check(exact);
  await play.net.close();
}

describe('many tabs', () => {
  it('that stay lose no swap of a plain function, whoever comes first', async () => {
    await fc.assert(
      fc.asyncProperty(events(calm), (script) => run((n) => n + 1, true, script)),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('that close, crash and freeze lose nothing durable, and double nothing', async () => {
    await fc.assert(
      fc.asyncProperty(events(rough), (script) => run(inc, false, script)),
      { numRuns: 2 * RUNS },
    );
  }, 600_000);
});
