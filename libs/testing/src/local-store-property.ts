import fc from 'fast-check';
import type { LocalStoreMedium } from './local-store-medium';
import { batches, comparable, ModelGroup } from './local-store-model';

const step = fc.oneof(
  { weight: 6, arbitrary: batches.map((batch) => ({ kind: 'append', batch }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'die' } as const) },
);

/** Tries any batches, reopenings and deaths of the process on a group and on the model of one. */
export const followsTheModel = (
  create: () => LocalStoreMedium | Promise<LocalStoreMedium>,
  expectEqual: (actual: unknown, expected: unknown) => void,
  numRuns: number,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const model = new ModelGroup();
      let medium = await create();
      let store = await medium.open();
      let group = await store.open('g');
      for (const step of steps) {
        if (step.kind === 'append') {
          await group.append(step.batch);
          model.append(step.batch);
        } else {
          const next = step.kind === 'die' ? await medium.crashed() : medium;
          await store.close();
          if (next !== medium) await medium.dispose();
          medium = next;
          store = await medium.open();
          group = await store.open('g');
        }
        expectEqual(comparable(await group.load()), comparable(model.state()));
      }
      await store.close();
      await medium.dispose();
    }),
    { numRuns },
  );
