import type { Contender } from '../contender';
import type { Figure, Workload } from '../workload';
import type { Series } from './measure';
import { summary, type Summary } from './statistics';

/** A ratio whose runs lie further apart than this share of their median says little. */
const NOISE = 0.2;

/** One figure of one workload: every contender, and the ratio of the first one to the limit. */
export interface Row {
  readonly figure: Figure;
  readonly values: Readonly<Record<string, Summary>>;
  readonly ratio: Summary | undefined;
}

/** `measured` and `limit` are compared run by run: both sides of a pair had the same machine. */
export function rowsOf(workload: Workload, series: Series, measured: Contender, limit: Contender): Row[] {
  return workload.figures.map((figure) => {
    const valuesOf = (contender: Contender): number[] =>
      series.get(contender)!.map((run) => run[figure.name]!);
    const limits = valuesOf(limit);
    const ratios = valuesOf(measured).map((value, run) => value / limits[run]!);
    return {
      figure,
      values: Object.fromEntries(
        Array.from(series.keys(), (contender) => [contender.id, summary(valuesOf(contender))]),
      ),
      ratio: figure.better === undefined ? undefined : summary(ratios),
    };
  });
}

/** Rows as lines of text. */
export function table(rows: readonly Row[]): string {
  return rows
    .map(({ figure, values, ratio }) => {
      const name = `${figure.name} (${figure.unit})`.padEnd(22);
      const columns = Object.entries(values).map(([id, value]) => `${id} ${text(value)}`.padEnd(34));
      return `  ${name} ${columns.join('')}${ratio === undefined ? '' : verdict(ratio, figure)}`.trimEnd();
    })
    .join('\n');
}

function verdict(ratio: Summary, { target, better }: Figure): string {
  const noisy = ratio.max - ratio.min > NOISE * ratio.median ? ', noisy' : '';
  const told = `${text(ratio)} × limit${noisy}`;
  if (target === undefined) return told;
  const reached = better === 'lower' ? ratio.median <= target : ratio.median >= target;
  return `${told}, to reach ${better === 'lower' ? '≤' : '≥'} ${target}${reached ? ' ✓' : ''}`;
}

/** Median (least–most). */
export const text = ({ median, min, max }: Summary): string =>
  `${number(median)} (${number(min)}–${number(max)})`;

function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
