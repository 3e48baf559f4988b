import type { BenchClient } from '../faces/client';
import { docsOf, type DocSet } from './doc-sets';

/** Docs of one `fill`. */
const BATCH = 10_000;

/** Writes so many docs of a set from the n-th on, in the fastest way the contender has. */
export async function fillWith(
  client: BenchClient,
  first: number,
  count: number,
  set: DocSet = 'small',
): Promise<void> {
  for (let done = 0; done < count; done += BATCH)
    await client.fill(docsOf(set, Math.min(BATCH, count - done), first + done));
}
