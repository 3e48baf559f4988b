import type { BenchDoc } from '../contender';

/** Docs in the memory of one process. */
export interface LocalDocs {
  /** Hears after every update. */
  watchAll(hear: () => void): void;
  /** Hears after every update of one doc. */
  watchDoc(key: string, hear: () => void): void;
  /** Puts another doc in the place of one. A promise where it has to be waited for. */
  update(key: string, doc: BenchDoc): void | Promise<unknown>;
  /** Resolves when all updates have been made durable, where a contender does that. */
  settled?(): Promise<void>;
}

export interface LocalModule {
  /** `folder` is an empty one, for those who write files. */
  open(docs: readonly (readonly [key: string, doc: BenchDoc])[], folder: string): Promise<LocalDocs>;
}
