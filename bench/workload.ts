import type { Face, Faces } from './contender';
import type { RoleProcess } from './harness/role-process';
import type { ServerProcess } from './harness/server-process';
import type { Port } from './harness/port';

/** What a figure is to reach: a ratio to the same figure of another contender, or to another figure of one's own. */
export interface Reach {
  /** Which contender is to reach it; `atomsync` when left out. */
  readonly by?: string;
  /** The other contender; `limit` when left out. */
  readonly of?: string;
  /** The other figure. */
  readonly ofOwn?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One number that a workload measures. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Which way is better; absent where it is only told, and has no ratio. */
  readonly better?: 'lower' | 'higher';
  readonly reach?: readonly Reach[];
}

/** What one run gave, by the names of the figures; absent where a contender has no such thing. */
export type Measured = Readonly<Record<string, number>>;

/** How large a run is. */
export type Scale = 'quick' | 'full';

/** What a run has at hand, in the measuring process. */
export interface LocalStage {
  readonly contender: string;
  readonly scale: Scale;
  /** An empty folder that is removed after the run. */
  readonly folder: string;
  /** Starts a process that plays one of the workload's roles; resolves when it has said `ready`. */
  readonly start: (role: string) => Promise<RoleProcess>;
}

export interface Stage extends LocalStage {
  readonly server: ServerProcess;
}

/** What a role has at hand, in its own process. */
export interface Part<F extends Face = Face> {
  readonly module: Faces[F];
  /** Of the server: `ws://…`, without a path. */
  readonly url: string;
  readonly port: Port;
}

/** Played in a process of its own; says `ready` once it can begin. */
export type Role<F extends Face> = (part: Part<F>) => Promise<void>;

/** One workload is one file: what is measured, what each process does, and who says when. */
export interface WorkloadOn<F extends Face> {
  /** As in `npm run bench -- w2`. */
  readonly id: string;
  readonly title: string;
  /** What it asks of a contender; those without do not take part. */
  readonly face: F;
  readonly figures: readonly Figure[];
  readonly roles: Readonly<Record<string, Role<F>>>;
  run(stage: F extends 'local' ? LocalStage : Stage): Promise<Measured>;
}

export type Workload = { [F in Face]: WorkloadOn<F> }[Face];
