import type { AtomSync } from '@atomsync/client';
import { injectAtomSync } from './inject-atom-sync';
import type { InjectorOptions } from './signal-options';

/** Where an atom is opened. */
export interface ConnectionOptions extends InjectorOptions {
  /** Another connection than the provided one. */
  readonly connection?: AtomSync;
}

export function connectionOf({ connection }: ConnectionOptions): AtomSync {
  return connection ?? injectAtomSync();
}
