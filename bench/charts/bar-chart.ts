import type { Summary } from '../harness/statistics';

export interface Bar {
  /** `atomsync` and `limit` have colours of their own. */
  readonly id: string;
  readonly title: string;
  readonly value: Summary;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  readonly note: string;
  readonly groups: readonly BarGroup[];
  readonly log: boolean;
}

const WIDTH = 760;
const LABELS = 170;
const VALUES = 100;
const ROOM = WIDTH - LABELS - VALUES;
const BAR = 16;
const STEP = 24;
const HEAD = 58;
const GROUP = 34;

/** Colours follow the reader's scheme, also inside an `<img>`. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f }
    .title { font-size: 16px; font-weight: 600 }
    .note, .value { font-size: 11px; fill: #57606a }
    .group { font-weight: 600 }
    .bar { fill: #8c959f } .atomsync, .synced { fill: #0969da } .limit { fill: #d0d7de }
    .range { stroke: #24292f; stroke-width: 1 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .note, .value { fill: #8d96a0 }
      .bar { fill: #6e7681 } .atomsync, .synced { fill: #4493f8 } .limit { fill: #3d444d }
      .range { stroke: #e6edf3 }
    }`;

/** Horizontal bars in groups, each group to a scale of its own; as an SVG document. */
export function barChart({ title, note, groups, log }: BarChart): string {
  const parts: string[] = [];
  let y = HEAD;
  for (const group of groups) {
    parts.push(text(12, y + 16, group.title, 'group'));
    y += GROUP - 8;
    const x = scale(group.bars, log);
    for (const bar of group.bars) {
      parts.push(text(LABELS - 8, y + 12, bar.title, undefined, 'end'), barOf(bar, y, x));
      y += STEP;
    }
    y += 10;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 4}" role="img" aria-label="${escape(title)}">`,
    `  <style>${STYLE}\n  </style>`,
    `  ${text(12, 24, title, 'title')}`,
    `  ${text(12, 42, `${note}${log ? ' · logarithmic' : ''}`, 'note')}`,
    ...parts.map((part) => `  ${part}`),
    '</svg>',
    '',
  ].join('\n');
}

/** From a value to its distance from the left end of the bars. */
function scale(bars: readonly Bar[], log: boolean): (value: number) => number {
  const most = Math.max(...bars.map(({ value }) => value.max));
  if (!log) return (value) => (value / most) * ROOM;
  const least = Math.min(...bars.map(({ value }) => value.min)) / 3;
  return (value) => (Math.log(value / least) / Math.log(most / least)) * ROOM;
}

function barOf({ id, value }: Bar, y: number, x: (value: number) => number): string {
  const { median, min, max } = value;
  const middle = y + BAR / 2;
  const at = (distance: number): string => (LABELS + distance).toFixed(1);
  return [
    `<rect class="bar ${id}" x="${LABELS}" y="${y}" width="${Math.max(1, x(median)).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<path class="range" d="M${at(x(min))} ${middle}H${at(x(max))}"/>`,
    text(LABELS + Math.max(x(median), x(max)) + 8, y + 12, figure(median), 'value'),
  ].join('');
}

function text(x: number, y: number, said: string, kind?: string, anchor?: 'end'): string {
  const attributes = [kind && ` class="${kind}"`, anchor && ` text-anchor="${anchor}"`]
    .filter(Boolean)
    .join('');
  return `<text x="${x.toFixed(0)}" y="${y}"${attributes}>${escape(said)}</text>`;
}

const figure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const escape = (said: string): string =>
  said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
