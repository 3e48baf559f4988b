import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from '../contender';
import type { Measured, Scale, Stage, Workload } from '../workload';
import { RoleProcess } from './role-process';
import { ServerProcess } from './server-process';

export interface MeasureOptions {
  readonly runs: number;
  readonly scale: Scale;
  /** A folder for CPU profiles. */
  readonly profiles: string | undefined;
  /** Hears of every run that begins. */
  readonly onRun: (contender: Contender, run: number) => void;
}

/** By contender: what each run gave. The n-th runs of all contenders lie beside each other in time. */
export type Series = ReadonlyMap<Contender, readonly Measured[]>;

/** Runs all that take part in turns, each time in another order, so that what slows the machine slows all of them. */
export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  options: MeasureOptions,
): Promise<Series> {
  const taking = contenders.filter(
    ({ faces, leavesOut = [] }) => faces[workload.face] !== undefined && !leavesOut.includes(workload.id),
  );
  const series = new Map(taking.map((contender) => [contender, [] as Measured[]]));
  for (let run = 0; run < options.runs; run++) {
    const order = run % 2 === 0 ? taking : [...taking].reverse();
    for (const contender of order) {
      options.onRun(contender, run);
      series.get(contender)!.push(await runOnce(workload, contender, options, run));
    }
  }
  return series;
}

async function runOnce(
  workload: Workload,
  contender: Contender,
  { scale, profiles }: MeasureOptions,
  run: number,
): Promise<Measured> {
  const into = profiles === undefined ? undefined : join(profiles, `${workload.id}-${run + 1}`);
  if (into !== undefined) mkdirSync(into, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-bench-'));
  const program = contender.faces[workload.face]!.server;
  const server =
    program === undefined ? undefined : await ServerProcess.start(contender.id, program, { profiles: into });
  const roles: RoleProcess[] = [];
  try {
    const stage = {
      contender: contender.id,
      ...{ scale, folder, server },
      start: async (role: string) => {
        const url = server?.url ?? '';
        const started = await RoleProcess.start(contender.id, workload.id, role, url, { profiles: into });
        roles.push(started);
        return started;
      },
    };
    // A face with a server has sides with servers.
    return await workload.run(stage as Stage);
  } finally {
    await Promise.all(roles.map((role) => role.end()));
    await server?.end();
    await rm(folder, { recursive: true, force: true });
  }
}
