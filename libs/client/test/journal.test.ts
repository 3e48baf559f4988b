import fc from 'fast-check';
import { Subject } from 'rxjs';
import { LocalStoreError } from '@atomsync/client';
import { settle, VirtualClock } from '@atomsync/testing';
import { batches, bytesOf, comparable, doc, ModelGroup } from '../../testing/src/local-store-model';
import { journal } from '../src/journal';
import { StepBatch, type DurableMark, type SeenMark } from '../src/step-batch';
import type { LocalBatch, LocalGroup } from '../src/store/local-store';

/** A group of a local store whose appends end when told. */
class HeldGroup implements LocalGroup {
  readonly appended: LocalBatch[] = [];
  readonly #ends: { readonly done: () => void; readonly fail: (error: Error) => void }[] = [];

  load = (): Promise<undefined> => Promise.resolve(undefined);
  close = (): Promise<void> => Promise.resolve();

  append(batch: LocalBatch): Promise<void> {
    this.appended.push({ ...batch, records: new Map(batch.records) });
    return new Promise((done, fail) => {
      this.#ends.push({ done, fail });
    });
  }

  async done(): Promise<void> {
    this.#ends.shift()!.done();
    await settle();
  }

  async fail(error: string | Error): Promise<void> {
    this.#ends.shift()!.fail(typeof error === 'string' ? new Error(error) : error);
    await settle();
  }
}

const NOTHING_SEEN: ReadonlyMap<string, SeenMark> = new Map();

/** `batch` as a step leaves it; forgetting comes before keeping. */
const stepBatch = (order: number, batch: LocalBatch, seen = NOTHING_SEEN): StepBatch => {
  const step = new StepBatch();
  step.order = order;
  for (const [line, mark] of seen) step.seen.set(line, mark);
  if (batch.replace) step.replace();
  for (const key of batch.removed ?? []) step.removeDoc(key);
  for (const kept of batch.docs ?? []) step.putDoc(kept);
  for (const id of batch.droppedRecords ?? []) step.dropRecord(id);
  for (const [id, bytes] of batch.records ?? []) step.putRecord(id, () => bytes);
  step.cursor = batch.cursor;
  return step;
};

const open = ({ takenOver }: { takenOver?: () => void } = {}) => {
  const store = new HeldGroup();
  const clock = new VirtualClock();
  const entries = new Subject<StepBatch>();
  const marks: DurableMark[] = [];
  const stored: boolean[] = [];
  const failures: unknown[] = [];
  let completed = false;
  entries
    .pipe(journal(store, { failed: (error) => failures.push(error), takenOver, scheduler: clock }))
    .subscribe({
      next: ({ order, seen, ...mark }) => {
        marks.push({ order, seen: new Map(seen) });
        stored.push(mark.stored);
      },
      complete: () => (completed = true),
    });
  const write = (order: number, batch: LocalBatch, seen = NOTHING_SEEN): void => {
    entries.next(stepBatch(order, batch, seen));
  };
  return { store, clock, entries, marks, stored, failures, write, isCompleted: () => completed };
};

const record = (id: string): LocalBatch => ({ records: new Map([[id, bytesOf(id)]]) });
const ids = ({ records }: LocalBatch): string[] => [...(records ?? new Map<string, never>()).keys()];
const seenThrough = (number: number, closed = false) => new Map([['line', { number, closed }]]);

describe('journal', () => {
  it('puts what one synchronous loop writes into one append', async () => {
    const { store, write } = open();
    for (let order = 1; order <= 3; order++) write(order, record(`w${order}`));
    await settle();
    expect(store.appended.map(ids)).toEqual([['w1', 'w2', 'w3']]);
  });

  it('puts the batches that come during an append into the next one', async () => {
    const { store, write } = open();
    write(1, record('w1'));
    await settle();
    write(2, record('w2'));
    await settle();
    write(3, record('w3'));
    await settle();
    expect(store.appended.map(ids)).toEqual([['w1']]);
    await store.done();
    expect(store.appended.map(ids)).toEqual([['w1'], ['w2', 'w3']]);
  });

  it('tells the youngest write and the seen marks only when they are durable', async () => {
    const { store, write, marks } = open();
    write(1, record('w1'));
    write(2, record('w2'), seenThrough(7));
    await settle();
    write(3, record('w3'), seenThrough(8, true));
    expect(marks).toEqual([]);
    await store.done();
    expect(marks).toEqual([{ order: 2, seen: seenThrough(7) }]);
    await store.done();
    expect(marks.slice(1)).toEqual([{ order: 3, seen: seenThrough(8, true) }]);
  });

  it('keeps the last seen mark of a line', async () => {
    const { store, write, marks } = open();
    write(0, {}, seenThrough(7));
    write(0, {}, seenThrough(9));
    await settle();
    await store.done();
    expect(marks).toEqual([{ order: 0, seen: seenThrough(9) }]);
  });

  it('makes durable what it was given before it completes', async () => {
    const { store, write, entries, marks, isCompleted } = open();
    write(1, record('w1'));
    await settle();
    write(2, record('w2'));
    entries.complete();
    await store.done();
    expect(isCompleted()).toBe(false);
    await store.done();
    expect(marks.map(({ order }) => order)).toEqual([1, 2]);
    expect(isCompleted()).toBe(true);
  });

  describe('when an append fails', () => {
    it('tells of it, and lets its writes go out all the same', async () => {
      const { store, write, marks, failures } = open();
      write(1, record('w1'));
      await settle();
      await store.fail('full');
      expect(failures).toEqual([new Error('full')]);
      expect(marks).toEqual([{ order: 1, seen: new Map() }]);
    });

    it('says so, and does not call its writes stored until they are', async () => {
      const { store, write, stored, clock } = open();
      write(1, record('w1'));
      await settle();
      await store.fail('full');
      expect(stored).toEqual([false]);
      await clock.advance(1_000);
      await store.done();
      expect(stored).toEqual([false, true]);
    });

    it('appends its batch again by itself, less and less often', async () => {
      const { store, write, clock, failures } = open();
      write(1, record('w1'));
      await settle();
      for (const wait of [1_000, 2_000, 4_000]) {
        const before = store.appended.length;
        await store.fail('full');
        await clock.advance(wait - 1);
        expect(store.appended).toHaveLength(before);
        await clock.advance(1);
        expect(store.appended).toHaveLength(before + 1);
      }
      await store.done();
      expect(failures.at(-1)).toBeUndefined();
      expect(store.appended.every((batch) => ids(batch).join() === 'w1')).toBe(true);
    });

    it('does not try again once it is to end', async () => {
      const { store, write, entries, isCompleted, clock } = open();
      write(1, record('w1'));
      await settle();
      entries.complete();
      await store.fail('full');
      await clock.advance(10_000);
      expect(isCompleted()).toBe(true);
      expect(store.appended).toHaveLength(1);
    });

    it.each([
      ['tells that another tab has taken the store over, and leaves everything to that one', true, []],
      ['goes on without a store that was taken over', false, [false]],
    ])('%s', async (_title, shared, expected) => {
      let told = 0;
      const { store, write, stored, failures, clock } = open(shared ? { takenOver: () => (told += 1) } : {});
      write(1, record('w1'));
      await settle();
      await store.fail(new LocalStoreError('STORE_CLOSED', 'taken over'));
      await clock.advance(100_000);
      expect(stored).toEqual(expected);
      expect(told).toBe(shared ? 1 : 0);
      expect(failures).toHaveLength(1);
      expect(store.appended).toHaveLength(1);
    });

    it('appends its batch again, with the next one', async () => {
      const { store, write } = open();
      write(1, record('w1'));
      await settle();
      await store.fail('full');
      expect(store.appended).toHaveLength(1);
      write(2, record('w2'));
      await settle();
      expect(store.appended.map(ids)).toEqual([['w1'], ['w1', 'w2']]);
    });

    it('appends its batch again before those that came meanwhile', async () => {
      const { store, write } = open();
      write(0, { docs: [doc('k', 'old')], cursor: { token: 't', version: 1 } });
      await settle();
      write(0, { removed: ['k'], cursor: { token: 't', version: 2 } });
      await store.fail('full');
      expect(store.appended[1]).toMatchObject({
        docs: [],
        removed: ['k'],
        cursor: { token: 't', version: 2 },
      });
    });

    it('does not tell of writes that came meanwhile', async () => {
      const { store, write, marks } = open();
      write(1, record('w1'));
      await settle();
      write(2, record('w2'));
      await store.fail('full');
      expect(marks.map(({ order }) => order)).toEqual([1]);
      await store.done();
      expect(marks.map(({ order }) => order)).toEqual([1, 2]);
    });

    it('keeps its seen marks back until they are durable', async () => {
      const { store, write, marks } = open();
      write(0, {}, seenThrough(7));
      await settle();
      await store.fail('full');
      expect(marks).toEqual([{ order: 0, seen: new Map() }]);
      write(1, record('w1'));
      await settle();
      await store.done();
      expect(marks.slice(1)).toEqual([{ order: 1, seen: seenThrough(7) }]);
    });
  });
});

describe('batches that go together', () => {
  it('do what they do one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batches, { maxLength: 3 }),
        fc.array(batches, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (before, together, failsFirst) => {
          const { store, write } = open();
          together.forEach((batch, i) => {
            write(i + 1, batch);
          });
          await settle();
          if (failsFirst) {
            await store.fail('full');
            write(99, {});
            await settle();
          }
          const oneByOne = new ModelGroup();
          oneByOne.append(...before, ...together);
          const atOnce = new ModelGroup();
          atOnce.append(...before, store.appended.at(-1)!);
          expect(comparable(atOnce.state())).toEqual(comparable(oneByOne.state()));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keep of two writes of one doc, or of one record, the later', () => {
    const step = new StepBatch();
    step.removeDoc('put last');
    step.putDoc(doc('put last', 'x'));
    step.putDoc(doc('removed last', 'x'));
    step.removeDoc('removed last');
    step.dropRecord('put last');
    step.putRecord('put last', () => bytesOf('x'));
    step.putRecord('dropped last', () => bytesOf('x'));
    step.dropRecord('dropped last');
    const group = new ModelGroup();
    group.append({
      docs: [doc('removed last', 'old')],
      records: new Map([['dropped last', bytesOf('old')]]),
    });
    group.append(step.toLocalBatch());
    expect(comparable(group.state())).toEqual(
      comparable({
        docs: [doc('put last', 'x')],
        records: new Map([['put last', bytesOf('x')]]),
        cursor: undefined,
      }),
    );
  });
});
