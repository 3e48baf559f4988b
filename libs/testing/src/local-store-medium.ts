import type { LocalStore } from '@atomsync/client';

/** Something that outlives a store, as a disk outlives a process. */
export interface LocalStoreMedium {
  /** Opens a store on it, as a new process would. The one before was closed, or this medium is a copy. */
  open(): LocalStore | Promise<LocalStore>;
  /**
   * What a new process would find if this one died now: a copy of the medium, on which the stores that are
   * open here have no hold. Appends that have resolved are in it.
   */
  crashed(): Promise<LocalStoreMedium>;
  /**
   * What a new process would find if the last append had been cut short, in every way it can be: copies of the
   * medium. Absent where appends cannot be torn.
   */
  torn?(group: string, append: () => Promise<void>): AsyncIterable<LocalStoreMedium>;
  dispose(): void | Promise<void>;
}
