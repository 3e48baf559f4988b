import { once } from 'node:events';
import { join } from 'node:path';
import { endNode, onOutput, startNode } from '../harness/child';
import type { ViewContender } from './contenders';

/** What one process gave, in milliseconds: medians of its changes. */
export interface Measured {
  /** From asking for the query to its first result. */
  readonly open: number;
  /** One write, before there is a query. */
  readonly alone: number;
  /** One write to a doc that is not among those that are shown, and does not get there. */
  readonly unseen: number;
  /** From the write to the result that shows it first among all. */
  readonly seen: number;
}

export interface MeasureOptions {
  readonly contenders: readonly ViewContender[];
  readonly docs: number;
  readonly runs: number;
  readonly changes: number;
  /** Hears of all that takes a while. */
  readonly tell: (step: string) => void;
}

/** By contender: what each run gave. The n-th runs of all lie beside each other in time. */
export type Series = ReadonlyMap<ViewContender, readonly Measured[]>;

/** Runs all in turns, each in a process of its own and each time in another order, so that what slows the machine slows all. */
export async function measure({ contenders, docs, runs, changes, tell }: MeasureOptions): Promise<Series> {
  const series = new Map(contenders.map((contender) => [contender, [] as Measured[]]));
  for (let run = 0; run < runs; run++) {
    for (const contender of run % 2 === 0 ? contenders : [...contenders].reverse()) {
      tell(`${docs.toLocaleString('en')} docs, run ${run + 1} of ${runs}: ${contender.title}`);
      series.get(contender)!.push(await runOnce(contender.id, docs, changes));
    }
  }
  return series;
}

async function runOnce(id: string, docs: number, changes: number): Promise<Measured> {
  const args = [id, String(docs), String(changes)];
  const child = startNode(id, join(__dirname, 'side.process.ts'), args, { ipc: true });
  let said = '';
  onOutput(child, (all) => (said = all));
  try {
    const [measured] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${id} with ${docs} docs ended with ${String(code)}. It said:\n${said}`);
      }),
    ])) as [Measured];
    return measured;
  } finally {
    await endNode(child);
  }
}
