import { of, type Observable, type SchedulerLike } from 'rxjs';
import type { Line } from './own-lines';
import { readMutations } from './records';
import type { LocalGroup, LocalStore } from './store/local-store';
import type { ConnectionNews } from './tabs/tab-message';
import type { TabPlatform } from './tabs/tab-platform';
import { ALONE, Tabs, type Role } from './tabs/tabs';

export interface ProfileOptions {
  readonly name: string;
  readonly user: string | undefined;
  /** Opens the user's local store; asked when this tab begins to lead. */
  readonly store: () => LocalStore;
  readonly tabs: TabPlatform | undefined;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  readonly random: () => number;
  readonly newClientId: () => string;
  readonly connection: () => ConnectionNews;
}

/** What belongs to one user on this machine: a local store, the tabs that share it, and lines of mutations. */
export class Profile {
  readonly user: string | undefined;
  /** Absent where each tab is on its own. */
  readonly tabs: Tabs | undefined;
  readonly role$: Observable<Role>;
  readonly #options: ProfileOptions;
  readonly #lines = new Map<string, Line>();
  #store: LocalStore | undefined;

  constructor(options: ProfileOptions) {
    const { name, user, tabs: platform, newClientId } = options;
    this.#options = options;
    this.user = user;
    this.tabs =
      platform && new Tabs({ ...options, platform, name: tabsName(name, user), tab: newClientId() });
    this.role$ = this.tabs?.role$ ?? of(ALONE);
  }

  /** The numbers of this process in a group. */
  line(group: string): Line {
    const line = this.#lines.get(group) ?? { clientId: this.#options.newClientId(), next: 1 };
    this.#lines.set(group, line);
    return line;
  }

  open(group: string): Promise<LocalGroup> {
    return this.#opened().open(group);
  }

  groups(): Promise<readonly string[]> {
    return this.#opened().groups();
  }

  /** Whether a group that is not open has mutations that the server has not confirmed. */
  async hasPending(name: string): Promise<boolean> {
    const group = await this.open(name);
    try {
      const { records } = (await group.load()) ?? { records: new Map() };
      const { pending, lent } = readMutations(records);
      return pending.length + lent.length > 0;
    } finally {
      await group.close();
    }
  }

  /** As `GroupHost.beginNewTerm`. */
  async beginNewTerm(term: Role): Promise<void> {
    if (this.tabs?.role !== term) return;
    const yielded = this.yield();
    this.tabs.beginNewTerm();
    await yielded;
  }

  /** Another tab leads: the store is its own from now on. */
  async yield(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }

  async close({ wipe = false } = {}): Promise<void> {
    try {
      if (wipe) await wiped(this.#opened());
      await this.yield();
    } finally {
      this.tabs?.close();
    }
  }

  #opened(): LocalStore {
    return (this.#store ??= this.#options.store());
  }
}

async function wiped(store: LocalStore): Promise<void> {
  if (store.remove) await store.remove();
  else await store.wipe();
}

function tabsName(name: string, user: string | undefined): string {
  return user === undefined ? `atomsync:${name}` : `atomsync:${name}:${user}`;
}
