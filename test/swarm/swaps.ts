import { defineSwap, inc, type DocMap } from '@atomsync/atom';

/** The shared counter under `n`, and for every client how often each of its marks was counted. */
export type Tally = number | Readonly<Record<string, number>>;

/** Counts one mark of one client: in the shared counter, and in the client's own doc. */
export const hit = defineSwap(
  'hit',
  (docs: DocMap<Tally>, client: string, mark: string): DocMap<Tally> => {
    const marks = (docs.get(client) ?? {}) as Readonly<Record<string, number>>;
    return docs
      .with('n', inc((docs.get('n') ?? 0) as number))
      .with(client, { ...marks, [mark]: (marks[mark] ?? 0) + 1 });
  },
  { keys: (client) => ['n', client] },
);

/** Moves an amount between two accounts. */
export const transfer = defineSwap(
  'transfer',
  (docs: DocMap<number>, from: string, to: string, amount: number): DocMap<number> =>
    docs.with(from, (docs.get(from) ?? 0) - amount).with(to, (docs.get(to) ?? 0) + amount),
  { keys: (from, to) => [from, to] },
);
