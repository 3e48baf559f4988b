/** What is drawn of one workload. */
export interface Chart {
  /** `docs/charts/FILE.svg` */
  readonly file: string;
  readonly workload: string;
  readonly title: string;
  readonly better: 'less' | 'more';
  /** Names of its figures, a group of bars each. */
  readonly figures: readonly string[];
  /** Bars by their order of magnitude. */
  readonly log?: boolean;
}

export const charts: readonly Chart[] = [
  {
    file: 'w1-local-updates',
    workload: 'w1',
    title: 'Updates of one doc in one process, eleven watchers',
    better: 'more',
    figures: ['at 1,000', 'at 10,000', 'at 100,000'],
    log: true,
  },
  {
    file: 'w2-latency',
    workload: 'w2',
    title: 'From a write to the other client’s callback',
    better: 'less',
    figures: ['p50', 'p99'],
  },
  {
    file: 'w3-throughput',
    workload: 'w3',
    title: '20,000 writes by one client, until another has all',
    better: 'more',
    figures: ['rate'],
  },
  {
    file: 'w5-first-load',
    workload: 'w5',
    title: 'A fresh client takes 100,000 docs',
    better: 'less',
    figures: ['time', 'memory'],
  },
  {
    file: 'w10-growth',
    workload: 'w10',
    title: 'One write, as docs grow in its group',
    better: 'less',
    figures: ['write 1,000', 'write 10,000', 'write 100,000', 'write 1,000,000'],
  },
];
