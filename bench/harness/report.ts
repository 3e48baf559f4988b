import type { Contender } from '../contender';
import type { Figure, Reach, Workload } from '../workload';
import type { Series } from './measure';
import { summary, type Summary } from './statistics';

/** A ratio whose runs lie further apart than this share of their median says little. */
const NOISE = 0.2;

/** What became of something that is to be reached. */
export interface Verdict {
  readonly reach: Reach;
  /** Of the figure to what it is compared with, pair by pair; absent where that was not measured. */
  readonly ratio: Summary | undefined;
  readonly noisy: boolean;
  readonly reached: boolean;
}

/** One figure of one workload: every contender, its ratio to the limit, and what was to be reached. */
export interface Row {
  readonly figure: Figure;
  readonly values: Readonly<Record<string, Summary>>;
  /** To the limit's, of all others; empty where the figure is only told. */
  readonly ratios: Readonly<Record<string, Summary>>;
  readonly verdicts: readonly Verdict[];
  /** The peer that did best, and the ratio of Atomsync to it. */
  readonly bestPeer: { readonly id: string; readonly ratio: Summary } | undefined;
}

const LIMIT = 'limit';
const MEASURED = 'atomsync';

/** All are compared run by run: both sides of a pair had the same machine. */
export function rowsOf(workload: Workload, series: Series): Row[] {
  const runsOf = (id: string, name: string): number[] | undefined => {
    const values = [...series].find(([contender]) => contender.id === id)?.[1].map((run) => run[name] ?? NaN);
    return values?.every(Number.isFinite) === true ? values : undefined;
  };
  const all = Array.from(series.keys());
  return workload.figures.flatMap((figure): Row[] => {
    const { name, better, reach = [] } = figure;
    const measured = all.filter(({ id }) => runsOf(id, name) !== undefined);
    if (measured.length === 0) return [];
    const limits = better === undefined ? undefined : runsOf(LIMIT, name);
    return [
      {
        figure,
        values: recordOf(measured, ({ id }) => summary(runsOf(id, name)!)),
        ratios:
          limits === undefined
            ? {}
            : recordOf(
                measured.filter(({ id }) => id !== LIMIT),
                ({ id }) => ratioOf(runsOf(id, name)!, limits),
              ),
        verdicts: reach.map((one) =>
          verdictOf(one, runsOf(one.by ?? MEASURED, name), otherOf(one, name, runsOf)),
        ),
        bestPeer: better === undefined ? undefined : bestPeer(figure, measured, runsOf),
      },
    ];
  });
}

type RunsOf = (id: string, name: string) => number[] | undefined;

const otherOf = ({ by = MEASURED, of = LIMIT, ofOwn }: Reach, name: string, runsOf: RunsOf) =>
  ofOwn === undefined ? runsOf(of, name) : runsOf(by, ofOwn);

function verdictOf(reach: Reach, own: number[] | undefined, other: number[] | undefined): Verdict {
  if (own === undefined || other === undefined)
    return { reach, ratio: undefined, noisy: false, reached: false };
  const ratio = ratioOf(own, other);
  const { atMost = Infinity, atLeast = -Infinity } = reach;
  return {
    ...{ reach, ratio },
    noisy: ratio.max - ratio.min > NOISE * ratio.median,
    reached: ratio.median <= atMost && ratio.median >= atLeast,
  };
}

function bestPeer({ name, better }: Figure, measured: readonly Contender[], runsOf: RunsOf): Row['bestPeer'] {
  const own = runsOf(MEASURED, name);
  const sign = better === 'lower' ? 1 : -1;
  const [best] = measured
    .filter(({ isPeer = false }) => isPeer)
    .map(({ id }) => ({ id, runs: runsOf(id, name)! }))
    .sort((a, b) => sign * (summary(a.runs).median - summary(b.runs).median));
  if (own === undefined || best === undefined) return undefined;
  return { id: best.id, ratio: ratioOf(own, best.runs) };
}

const ratioOf = (values: readonly number[], others: readonly number[]): Summary =>
  summary(values.map((value, run) => value / others[run]!));

const recordOf = (
  contenders: readonly Contender[],
  of: (contender: Contender) => Summary,
): Record<string, Summary> =>
  Object.fromEntries(contenders.map((contender) => [contender.id, of(contender)]));

/** Rows as lines of text: each figure with all who were measured below it. */
export function table(rows: readonly Row[]): string {
  return rows
    .map(({ figure, values, ratios, verdicts }) => {
      const lines = Object.entries(values).map(([id, value]) => {
        const ratio = ratios[id];
        const told = ratio === undefined ? '' : `${text(ratio)} × limit`;
        return `    ${id.padEnd(12)} ${text(value).padEnd(30)} ${told}`.trimEnd();
      });
      const said = verdicts.map((verdict) => `    ${verdictText(verdict)}`);
      return [`  ${figure.name} (${figure.unit})`, ...lines, ...said].join('\n');
    })
    .join('\n');
}

/** One line: what was to be reached, and whether it was. */
export function verdictText({ reach, ratio, noisy, reached }: Verdict): string {
  const { by = MEASURED, of = LIMIT, ofOwn, atMost, atLeast } = reach;
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${number(atMost)}`;
  const to = `${by} to reach ${bound} × ${ofOwn === undefined ? of : `its ‘${ofOwn}’`}`;
  if (ratio === undefined) return `${to}: not measured`;
  const said = reached ? 'reached' : noisy ? 'noisy' : 'FALLS SHORT';
  return `${to}: ${text(ratio)} ${said}${reached && noisy ? ', noisy' : ''}`;
}

/** Median (least–most). */
export const text = ({ median, min, max }: Summary): string =>
  `${number(median)} (${number(min)}–${number(max)})`;

function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
