import type { Workload } from './workload';
import { w2 } from './workloads/w2-latency';
import { w3 } from './workloads/w3-throughput';

export const workloads: readonly Workload[] = [w2, w3];

export function workloadOf(id: string): Workload {
  const found = workloads.find((workload) => workload.id === id);
  if (found === undefined) throw new Error(`There is no workload '${id}'.`);
  return found;
}
