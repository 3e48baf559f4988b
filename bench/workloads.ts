import type { Workload } from './workload';
import { w1 } from './workloads/w1-local';
import { w10 } from './workloads/w10-growth';
import { w10groups } from './workloads/w10-groups';
import { w2 } from './workloads/w2-latency';
import { w3, w3x10 } from './workloads/w3-throughput';
import { w4 } from './workloads/w4-fan-out';
import { w5, w5cities } from './workloads/w5-first-load';
import { w6 } from './workloads/w6-catch-up';
import { w7 } from './workloads/w7-restart';
import { w8 } from './workloads/w8-idle';
import { w9 } from './workloads/w9-hot-doc';

export const workloads: readonly Workload[] = [
  ...[w1, w2, w3, w3x10, w4, w5, w5cities],
  ...[w6, w7, w8, w9, w10, w10groups],
];

export function workloadOf(id: string): Workload {
  const found = workloads.find((workload) => workload.id === id);
  if (found === undefined) throw new Error(`There is no workload '${id}'.`);
  return found;
}
