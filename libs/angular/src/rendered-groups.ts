import {
  ErrorHandler,
  inject,
  Injector,
  makeStateKey,
  runInInjectionContext,
  TransferState,
  type StateKey,
} from '@angular/core';
import type { HandedOver, HandOver, LocalGroup, LocalState, LocalStore } from '@atomsync/client';
import type { FeedCursor } from '@atomsync/protocol';
import { packGroup, unpackGroup } from './group-codec';
import { GROUP_LOADER } from './group-loader';

const keyOf = (name: string, group: string, prefix: string): StateKey<string> =>
  makeStateKey<string>(`atomsync ${JSON.stringify([name, group, prefix])}`);

/** In the browser: what the server has rendered the page with, each group once. */
export function takeRendered(name: string): HandOver {
  const state = inject(TransferState);
  return (group, prefix) => {
    const key = keyOf(name, group, prefix);
    const text = state.get<string | undefined>(key, undefined);
    state.remove(key);
    return text === undefined ? undefined : unpackGroup(text);
  };
}

/** A group counts as loaded where it has a cursor. Nobody is ever asked with this one. */
const NO_CURSOR: FeedCursor = { token: '', version: 0 };

/** On the server: a local store that has what the app's loader reads, and puts it into the page for the browser. */
export function renderingStore(name: string): {
  readonly handedOver: HandOver;
  readonly store: () => LocalStore;
} {
  const load = inject(GROUP_LOADER, { optional: true });
  const state = inject(TransferState);
  const errors = inject(ErrorHandler);
  const injector = inject(Injector);
  const loads = new Map<string, Promise<LocalState | undefined>>();

  const read = async (group: string, prefix: string): Promise<LocalState | undefined> => {
    if (!load) return undefined;
    let loaded: HandedOver | undefined;
    try {
      loaded = await runInInjectionContext(injector, () => load({ group, prefix }));
      if (loaded) state.set(keyOf(name, group, prefix), packGroup(loaded));
    } catch (error) {
      errors.handleError(error);
    }
    return { docs: loaded?.docs ?? [], cursor: loaded?.cursor ?? NO_CURSOR, records: new Map() };
  };

  return {
    handedOver: (group, prefix) => {
      loads.set(group, read(group, prefix));
      return undefined;
    },
    store: () => new RenderingStore((group) => loads.get(group) ?? Promise.resolve(undefined)),
  };
}

/** Keeps nothing: it lasts as long as the page is rendered. */
class RenderingStore implements LocalStore {
  readonly #load: (group: string) => Promise<LocalState | undefined>;

  constructor(load: (group: string) => Promise<LocalState | undefined>) {
    this.#load = load;
  }

  open(group: string): Promise<LocalGroup> {
    return Promise.resolve({
      load: () => this.#load(group),
      append: () => Promise.resolve(),
      close: () => Promise.resolve(),
    });
  }

  groups(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  wipe(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
