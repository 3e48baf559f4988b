import type { ClientModule } from './faces/client';
import type { FeedModule } from './faces/feed';
import type { GroupsModule } from './faces/groups';
import type { KeptModule } from './faces/kept';
import type { LocalModule } from './faces/local';
import type { SwapsModule } from './faces/swaps';

/** What the workloads write: a small object of about 150 bytes. */
export interface BenchDoc {
  readonly text: string;
  readonly done: boolean;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly n: number;
  /** When it was written: milliseconds of the system's monotonic clock, the same in all processes. */
  readonly at: number;
}

/** What a contender can show, by what the workloads ask for: the module that does it. */
export interface Faces {
  readonly client: ClientModule;
  readonly feed: FeedModule;
  readonly kept: KeptModule;
  readonly groups: GroupsModule;
  readonly local: LocalModule;
  readonly swaps: SwapsModule;
}

export type Face = keyof Faces;

/** The programs behind one face. */
export interface Side {
  /** The module of the face, loaded in the processes of the roles and nowhere else. */
  readonly module: string;
  /** The server's program; it gets `--port 0 --db file` and prints its address once it is ready. */
  readonly server?: string;
}

/** Something whose speed is measured: this product, a limit, or a peer. */
export interface Contender {
  readonly id: string;
  readonly title: string;
  /** What a write means there, and how it is set up. */
  readonly promises: string;
  /** Whether it has to be installed for the bench. */
  readonly isPeer?: boolean;
  /** Ids of workloads it has no part in: they would take it many minutes, or ask for docs it is not set up for. */
  readonly leavesOut?: readonly string[];
  readonly faces: Readonly<Partial<Record<Face, Side>>>;
}
