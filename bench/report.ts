/*
 * Draws the newest results of each workload, from bench/results/*.json into docs/charts/*.svg:
 *
 *   npm run bench:report
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { barChart } from './charts/bar-chart';
import { charts, type Chart } from './charts/charts';
import type { Row } from './harness/report';

const RESULTS = join(__dirname, 'results');
const CHARTS = join(__dirname, '../docs/charts');

interface Result {
  readonly contenders: readonly { readonly id: string; readonly title: string }[];
  readonly rows: readonly Row[];
}

interface Results {
  readonly at: string;
  readonly pairs: number;
  readonly machine: {
    readonly node: string;
    readonly cpus: number;
    readonly model: string;
    readonly load: number;
  };
  readonly workloads: Readonly<Record<string, Result | undefined>>;
}

function draw(): void {
  const all = readResults();
  if (all.length === 0) throw new Error('There are no results yet; `npm run bench -- --peers` measures.');
  mkdirSync(CHARTS, { recursive: true });
  for (const chart of charts) {
    const newest = all.find(({ workloads }) => workloads[chart.workload] !== undefined);
    if (newest === undefined) {
      console.log(`${chart.file}: ${chart.workload} has not been measured`);
      continue;
    }
    const file = join(CHARTS, `${chart.file}.svg`);
    writeFileSync(file, svgOf(chart, newest));
    console.log(`${relative(process.cwd(), file)}  of ${newest.at}`);
  }
}

function svgOf(chart: Chart, { workloads, machine, pairs, at }: Results): string {
  const { rows, contenders } = workloads[chart.workload]!;
  const titleOf = (id: string): string => contenders.find((contender) => contender.id === id)?.title ?? id;
  return barChart({
    title: chart.title,
    note: `${chart.better} is better · median of ${pairs}, line from least to most · ${at.slice(0, 10)}, Node ${machine.node}, ${machine.cpus} CPUs, load ${machine.load.toFixed(1)} before`,
    log: chart.log ?? false,
    groups: chart.figures.flatMap((name) => {
      const row = rows.find(({ figure }) => figure.name === name);
      if (row === undefined) return [];
      const bars = Object.entries(row.values).map(([id, value]) => ({
        ...{ id, value },
        title: titleOf(id),
      }));
      return [{ title: `${name}, ${row.figure.unit}`, bars }];
    }),
  });
}

/** The newest first. */
function readResults(): Results[] {
  const names = readdirSync(RESULTS, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ name }) => name);
  return names
    .sort()
    .reverse()
    .map((name) => JSON.parse(readFileSync(join(RESULTS, name), 'utf8')) as Results);
}

draw();
