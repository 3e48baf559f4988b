import { fieldEdits, valuesEqual } from '@atomsync/protocol';
import { ClientError } from './errors';
import type { Edit } from './pending';

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * Compares what two runs of one swap on the same docs made of them.
 *
 * @throws ClientError `IMPURE_SWAP`, naming where they differ
 */
function assertSameOutcome<D>(
  first: ReadonlyMap<string, Edit<D>>,
  second: ReadonlyMap<string, Edit<D>>,
): void {
  for (const key of new Set([...first.keys(), ...second.keys()])) {
    const [one, two] = [first.get(key)?.after, second.get(key)?.after];
    if (valuesEqual(one, two)) continue;
    const path = one === undefined || two === undefined ? [] : (fieldEdits(one, two)[0]?.path ?? []);
    const where = path.map((step) => ` → ${JSON.stringify('key' in step ? step.key : step)}`).join('');
    throw new ClientError(
      'IMPURE_SWAP',
      `A swap function gave two outcomes for the same docs, at '${key}'${where}. It may be run again at any time, ` +
        `here and elsewhere, so it must depend on its arguments alone: pass ids, times and random numbers as arguments.`,
    );
  }
}

/** {@link assertSameOutcome}, in development only. */
export let checkPurity: typeof assertSameOutcome | undefined;
// Bundlers replace this very expression, and leave out what is not used then.
try {
  if (process.env.NODE_ENV !== 'production') checkPurity = assertSameOutcome;
} catch {
  // No bundler and no `process`.
}
