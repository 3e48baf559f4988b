import type { BenchDoc } from '../contender';
import { benchDoc, benchKey } from '../harness/bench-doc';

/** How much a finished transaction promises: to survive the machine, or as much as where nothing is said. */
export type Durability = 'strict' | 'default';

/** What opening found. */
export interface Opened {
  /** Milliseconds from the call until every doc is in memory. */
  readonly ms: number;
  readonly size: number;
  /** `n` of the doc that is updated. */
  readonly n: number;
}

/** What each side's page exports. The page is called `open` or `fill` first, once, in a fresh browser. */
export interface BenchPage {
  /** Stores `count` docs for the openings to come; resolves when they are durable. */
  fill(count: number, server: string): Promise<void>;
  /** @param key of the doc that will be updated */
  open(server: string, key: string): Promise<Opened>;
  /** Gives the doc under `key` these values of `n`, each once the one before is durable; milliseconds of each. */
  update(key: string, values: readonly number[], durability: Durability): Promise<number[]>;
  close(): Promise<void>;
}

/** The docs of all sides. */
export function* benchDocs(count: number): Generator<readonly [key: string, doc: BenchDoc]> {
  for (let n = 0; n < count; n++) yield [benchKey(n), benchDoc(n, 0)];
}

/** The key of the doc that is updated, which is the n-th of `n = count >> 1`. */
export const updatedKey = (count: number): string => benchKey(count >> 1);

/** Milliseconds of each of `acts`, one after the other. */
export async function timed(
  values: readonly number[],
  act: (value: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (const value of values) {
    const began = performance.now();
    await act(value);
    times.push(performance.now() - began);
  }
  return times;
}
