import { throughput, throughputFigures, throughputRoles } from '../harness/throughput';
import type { WorkloadOn } from '../workload';

/** 20,000 single-doc writes in a tight loop by one client, until another one has all and all are durable. */
export const w3: WorkloadOn<'client'> = {
  id: 'w3',
  title: '20,000 single-doc writes in a tight loop until the other client has all and all are durable',
  face: 'client',
  figures: [
    { name: 'rate', unit: 'docs/s', better: 'higher', reach: [{ atLeast: 0.5 }] },
    ...throughputFigures,
  ],
  roles: throughputRoles,
  run: (stage) => throughput({ writers: 1, docs: 20_000, warmUp: 2_000 }, stage),
};

/** The same by ten clients at once. */
export const w3x10: WorkloadOn<'client'> = {
  id: 'w3x10',
  title: 'ten clients with 2,000 single-doc writes each until another one has all and all are durable',
  face: 'client',
  figures: [
    { name: 'rate', unit: 'docs/s', better: 'higher', reach: [{ atLeast: 0.7 }] },
    ...throughputFigures,
  ],
  roles: throughputRoles,
  run: (stage) => throughput({ writers: 10, docs: 2_000, warmUp: 500 }, stage),
};
