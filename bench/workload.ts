import type { BenchClient } from './contender';
import type { RoleProcess } from './harness/role-process';
import type { ServerProcess } from './harness/server-process';
import type { Port } from './harness/port';

/** One number that a workload measures. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Which way is better; absent where it is only told, and has no ratio. */
  readonly better?: 'lower' | 'higher';
  /** The ratio to the limit that is to be reached. */
  readonly target?: number;
}

/** What one run gave, by the names of the figures. */
export type Measured = Readonly<Record<string, number>>;

/** How large a run is. */
export type Scale = 'quick' | 'full';

/** What a run has at hand, in the measuring process. */
export interface Stage {
  readonly scale: Scale;
  readonly server: ServerProcess;
  /** Starts a client in a process of its own that plays one of the workload's roles. */
  readonly start: (role: string) => Promise<RoleProcess>;
}

/** Played in a process of its own by a client that is connected and caught up. */
export type Role = (client: BenchClient, port: Port) => Promise<void>;

/** One workload is one file: what is measured, what each process does, and who says when. */
export interface Workload {
  /** As in `npm run bench -- w2`. */
  readonly id: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly roles: Readonly<Record<string, Role>>;
  run(stage: Stage): Promise<Measured>;
}
