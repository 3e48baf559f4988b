import type { Workload } from '../workload';
import { text, verdictText, type Row } from './report';

/** What became of all that is to be reached. */
export interface Checked {
  readonly lines: readonly string[];
  /** What falls short, and is not noisy. */
  readonly short: readonly string[];
  readonly noisy: readonly string[];
}

/** Every row that has something to reach, with its ratio to the limit and to the best peer. */
export function check(measured: ReadonlyMap<Workload, readonly Row[]>): Checked {
  const lines: string[] = [];
  const short: string[] = [];
  const noisy: string[] = [];
  for (const [{ id }, rows] of measured) {
    for (const { figure, verdicts, bestPeer } of rows) {
      for (const verdict of verdicts) {
        const name = `${id} ${figure.name}`;
        const peer =
          bestPeer === undefined ? '' : `; ${text(bestPeer.ratio)} × ${bestPeer.id}, the best peer`;
        lines.push(`${name}: ${verdictText(verdict)}${peer}`);
        if (verdict.ratio === undefined || verdict.reached) continue;
        (verdict.noisy ? noisy : short).push(name);
      }
    }
  }
  return { lines, short, noisy };
}
