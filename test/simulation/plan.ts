import { APART, FAULT_NAMES, type FaultName } from './faults';
import { randomOperation, type OperationPlan } from './operations';
import { seeded, type Random } from './random';

/** What a history is played in. */
export interface WorldPlan {
  readonly seed: number;
  readonly clients: number;
  /** The first of them is a profile with so many tabs; 0: a client like the others. */
  readonly tabs: number;
  readonly maxDocs: number;
  /** The server runs the swaps itself. */
  readonly serverSwaps: boolean;
  /** Milliseconds a token lives; 0: for ever. */
  readonly tokenLife: number;
}

/** One thing that is done to the world. `who` counts clients and tabs. Times in milliseconds. */
export type Action =
  | { readonly do: 'write'; readonly who: number; readonly mark: string; readonly operation: OperationPlan }
  | {
      readonly do: 'note';
      readonly who: number;
      readonly mark: string;
      readonly key: string;
      readonly field: string;
    }
  | { readonly do: 'pass'; readonly time: number }
  /** So many appends of each disk become durable. */
  | { readonly do: 'flush'; readonly counts: readonly number[] }
  | { readonly do: 'backup' }
  | {
      readonly do: 'fault';
      readonly fault: FaultName;
      readonly who: number;
      readonly time: number;
      /** Which way it goes, where there are several; in [0, 1). */
      readonly way: number;
    };

/** A history that can be played: the world, and what is done to it. The same plan gives the same history. */
export interface Plan {
  readonly world: WorldPlan;
  readonly faults: readonly FaultName[];
  readonly actions: readonly Action[];
}

/** The plan of a seed: some of the faults, and `length` steps. */
export function planOf(seed: number, length: number, allowed: readonly FaultName[] = FAULT_NAMES): Plan {
  const random = seeded(seed);
  const faults = chosen(random, allowed);
  const tabs = faults.includes('tabs') ? 2 + random.below(2) : 0;
  const clients = (tabs > 0 ? 1 : 2) + random.below(3);
  const world: WorldPlan = {
    seed,
    clients,
    tabs,
    maxDocs: 1 + random.below(4),
    serverSwaps: random.chance(0.5),
    tokenLife: faults.includes('expiry') ? 1000 + random.below(20_000) : 0,
  };
  const people = clients + Math.max(0, tabs - 1);
  // What was accepted is remembered for days: a process that starts a year later has forgotten it.
  const forgets = faults.includes('clock') && faults.includes('crash');
  const notes = !forgets && !faults.some((fault) => WITHOUT_NOTES.includes(fault));
  const acting = faults.filter((fault) => fault !== 'expiry' && fault !== 'refuse');
  const actions: Action[] = [];
  let marks = 0;
  for (let step = 0; step < length; step++) {
    const who = random.below(people);
    if (acting.length === 0 || random.chance(0.62)) {
      for (let i = random.below(3); i >= 0; i--) {
        const mark = `m${++marks}`;
        if (notes && random.chance(0.3)) {
          actions.push({ do: 'note', who, mark, key: random.pick(NOTES), field: random.pick(FIELDS) });
        } else {
          const operation = randomOperation(random, faults.includes('refuse'));
          actions.push({ do: 'write', who, mark, operation });
        }
      }
    } else {
      const fault = random.pick(acting);
      const time = random.below(random.chance(0.3) ? 40_000 : 3_000);
      if (fault === 'restore' && random.chance(0.5)) actions.push({ do: 'backup' });
      else actions.push({ do: 'fault', fault, who, time, way: random.next() });
    }
    if (random.chance(0.7)) {
      actions.push({ do: 'pass', time: random.below(random.chance(0.2) ? 3000 : 60) });
    }
    if (random.chance(0.7)) {
      actions.push({ do: 'flush', counts: Array.from({ length: clients }, () => 1 + random.below(5)) });
    }
  }
  return { world, faults, actions };
}

const NOTES = ['note:0', 'note:1'];
const FIELDS = ['a', 'b', 'c'];

/** In these, numbers of mutations change hands, or reports get lost with the disk: what became of a note cannot be told. */
const WITHOUT_NOTES: readonly FaultName[] = ['restore', 'tabs', 'rights', 'disk'];

function chosen(random: Random, allowed: readonly FaultName[]): FaultName[] {
  const order = [...allowed].map((fault) => [random.next(), fault] as const).sort(([a], [b]) => a - b);
  const most = allowed.length <= 2 ? allowed.length : 2 + random.below(6);
  const faults: FaultName[] = [];
  for (const [, fault] of order) {
    const isApart = APART.some((pair) => pair.includes(fault) && pair.some((one) => faults.includes(one)));
    if (faults.length < most && !isApart) faults.push(fault);
  }
  return faults;
}
