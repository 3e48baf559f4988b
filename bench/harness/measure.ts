import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../contender';
import type { Measured, Scale, Workload } from '../workload';
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

/** Runs all contenders in turns, each time in another order, so that what slows the machine slows all of them. */
export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  options: MeasureOptions,
): Promise<Series> {
  const series = new Map(contenders.map((contender) => [contender, [] as Measured[]]));
  for (let run = 0; run < options.runs; run++) {
    const order = run % 2 === 0 ? contenders : [...contenders].reverse();
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
  const folder = profiles === undefined ? undefined : join(profiles, `${workload.id}-${run + 1}`);
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const server = await ServerProcess.start(contender, { profiles: folder });
  const roles: RoleProcess[] = [];
  try {
    return await workload.run({
      scale,
      server,
      start: async (role) => {
        const started = await RoleProcess.start(contender.id, workload.id, role, server.url, {
          profiles: folder,
        });
        roles.push(started);
        return started;
      },
    });
  } finally {
    await Promise.all(roles.map((role) => role.end()));
    await server.end();
  }
}
