import { defineSwap, type DocMap } from '@atomsync/atom';

export const ACCOUNTS = ['account:0', 'account:1', 'account:2', 'account:3'];
export const OPENING = 1000;

/** Balances, a count of all transfers, and the marks that each client has left. */
export type BankDoc = number | ReadonlySet<string>;

const numberAt = (docs: DocMap<BankDoc>, key: string): number => (docs.get(key) as number | undefined) ?? 0;

/** Moves an amount, counts, and leaves a mark: a loss shows in the marks, and a doubling in the count. */
export const move = defineSwap(
  'kill/move',
  (docs: DocMap<BankDoc>, who: string, mark: string, from: string, to: string, amount: number) => {
    const marks = (docs.get(`marks:${who}`) as ReadonlySet<string> | undefined) ?? new Set<string>();
    const counted = docs
      .with('count', numberAt(docs, 'count') + 1)
      .with(`marks:${who}`, new Set([...marks, mark]))
      .with(from, numberAt(docs, from) - amount);
    return counted.with(to, numberAt(counted, to) + amount);
  },
  { keys: (who: string, _mark: string, from: string, to: string) => ['count', `marks:${who}`, from, to] },
);
