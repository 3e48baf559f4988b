import { text } from '../harness/report';
import { summary, type Summary } from '../harness/statistics';
import { limit, type BrowserContender } from './contenders';
import type { Measured, Series } from './measure';

const FIGURES: readonly (readonly [name: keyof Measured, title: string])[] = [
  ['open', 'opened: every doc in memory (ms)'],
  ['update', 'one doc updated, durable: strict (ms)'],
  ['first', 'the first update after opening: strict (ms)'],
  ['relaxed', 'one doc updated, durability not asked for: Chromium does not wait for the disk (ms)'],
];

/** One figure of one side: medians with least and most, and the ratio to the limit's, run by run. */
export interface Row {
  readonly figure: keyof Measured;
  readonly contender: string;
  readonly value: Summary;
  readonly ratio: Summary;
}

export function rowsOf(series: Series): Row[] {
  const limits = series.get(limit)!;
  return FIGURES.flatMap(([figure]) =>
    Array.from(series).flatMap(([{ id }, runs]): Row[] => {
      if (runs.some((run) => run[figure] === undefined)) return [];
      const values = runs.map((run) => run[figure]!);
      const ratio = summary(values.map((value, run) => value / limits[run]![figure]!));
      return [{ figure, contender: id, value: summary(values), ratio }];
    }),
  );
}

/** Rows as lines of text: median (least–most). */
export function table(rows: readonly Row[], contenders: readonly BrowserContender[]): string {
  return FIGURES.map(([figure, title]) => {
    const lines = rows
      .filter((row) => row.figure === figure)
      .map(({ contender, value, ratio }) => {
        const name = contenders.find(({ id }) => id === contender)!.title;
        const told = contender === limit.id ? '' : `${text(ratio)} × limit`;
        return `  ${name.padEnd(10)} ${text(value).padEnd(26)} ${told}`.trimEnd();
      });
    return [title, ...lines].join('\n');
  }).join('\n\n');
}
