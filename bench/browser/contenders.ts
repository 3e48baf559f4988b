import type { Durability } from './page';

/** Something that keeps docs in IndexedDB: this product, a limit, or a peer. */
export interface BrowserContender {
  /** Also the name of its page, `pages/ID.page.ts`. */
  readonly id: string;
  readonly title: string;
  /** How it keeps docs, and what an update waits for. */
  readonly how: string;
  /** Whether it has to be installed for the bench. */
  readonly isPeer: boolean;
  /** What its updates can be made to wait for. */
  readonly durabilities: readonly Durability[];
}

export const limit: BrowserContender = {
  id: 'limit',
  title: 'limit',
  how: 'plain IndexedDB: one record of all docs as JSON, read and parsed; an update is one put',
  isPeer: false,
  durabilities: ['strict', 'default'],
};

export const contenders: readonly BrowserContender[] = [
  {
    id: 'atomsync',
    title: 'Atomsync',
    how: 'synced atom of a group, offline; opened until ready(); transact until its receipt is durable, always strict',
    isPeer: false,
    durabilities: ['strict'],
  },
  {
    id: 'dexie',
    title: 'Dexie',
    how: 'one table; toArray into a Map; put',
    isPeer: true,
    durabilities: ['strict', 'default'],
  },
  {
    id: 'rxdb',
    title: 'RxDB',
    how: 'one collection on its Dexie storage; find().exec() into a Map; incrementalPatch',
    isPeer: true,
    durabilities: ['strict', 'default'],
  },
  limit,
];
