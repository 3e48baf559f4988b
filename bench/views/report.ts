import { text } from '../harness/report';
import { summary, type Summary } from '../harness/statistics';
import { atomsync, type ViewContender } from './contenders';
import type { Measured, Series } from './measure';

const FIGURES: readonly (readonly [name: keyof Measured, title: string])[] = [
  ['seen', 'one change that shows, until the result with it is there (ms)'],
  ['unseen', 'one change that does not show (ms)'],
  ['alone', 'the same change without a query (ms)'],
  ['open', 'opening the query (ms)'],
];

/** One figure of one side: median with least and most, and how many times that of Atomsync, run by run. */
export interface Row {
  readonly figure: keyof Measured;
  readonly contender: string;
  readonly value: Summary;
  readonly ratio: Summary;
}

export function rowsOf(series: Series): Row[] {
  const own = series.get(atomsync)!;
  return FIGURES.flatMap(([figure]) =>
    Array.from(series, ([{ id }, runs]) => ({
      figure,
      contender: id,
      value: summary(runs.map((run) => run[figure])),
      ratio: summary(runs.map((run, at) => run[figure] / own[at]![figure])),
    })),
  );
}

/** Rows as lines of text: median (least–most), and the ratio. */
export function table(rows: readonly Row[], contenders: readonly ViewContender[]): string {
  return FIGURES.map(([figure, title]) => {
    const lines = rows
      .filter((row) => row.figure === figure)
      .map(({ contender, value, ratio }) => {
        const name = contenders.find(({ id }) => id === contender)!.title;
        const told = contender === atomsync.id ? '' : `${text(ratio)} × Atomsync`;
        return `  ${name.padEnd(10)} ${exact(value).padEnd(30)} ${told}`.trimEnd();
      });
    return [title, ...lines].join('\n');
  }).join('\n\n');
}

/** Many of these are hundredths of a millisecond. */
const exact = ({ median, min, max }: Summary): string =>
  `${figureOf(median)} (${figureOf(min)}–${figureOf(max)})`;

const figureOf = (ms: number): string => (ms < 10 ? ms.toFixed(3) : ms.toFixed(0));
