import { defineSwap, type DocMap, type SwapIdentity } from '@atomsync/atom';
import type { ServerSwap } from '@atomsync/server';
import type { Random } from './random';

/** Fields, each with the mark of the write that set it. */
export type Note = Readonly<Record<string, string>>;

/** The docs of a simulated group: accounts, counters, the marks that every swap leaves, and notes. */
export type Value = number | ReadonlySet<string> | Note;
export type Docs = DocMap<Value>;

export const ACCOUNTS = ['account:0', 'account:1', 'account:2', 'account:3'];
export const OPENING_BALANCE = 100;
/** The doc that the server lets nobody write. */
export const POISON = 'poison';
const COUNTERS = ['counter:0', 'counter:1', 'counter:2'];

const numberAt = (docs: Docs, key: string): number => (docs.get(key) as number | undefined) ?? 0;

/** Leaves a mark in the doc of the client that made the write, so that its loss or doubling would show. */
const marked = (docs: Docs, author: string, mark: string): Docs => {
  const key = `marks:${author}`;
  const marks = (docs.get(key) as ReadonlySet<string> | undefined) ?? new Set<string>();
  if (marks.has(mark)) throw new Error(`${mark} was applied twice`);
  return docs.with(key, new Set([...marks, mark]));
};

const open = defineSwap(
  'sim/open',
  (docs: Docs, author: string, mark: string) =>
    marked(docs.withAll(ACCOUNTS.map((key) => [key, OPENING_BALANCE] as const)), author, mark),
  { keys: (author) => [`marks:${author}`, ...ACCOUNTS] },
);
const add = defineSwap(
  'sim/add',
  (docs: Docs, author: string, mark: string, key: string, by: number) =>
    marked(docs.with(key, numberAt(docs, key) + by), author, mark),
  { keys: (author: string, _mark: string, key: string) => [`marks:${author}`, key] },
);
const times = defineSwap(
  'sim/times',
  (docs: Docs, author: string, mark: string, key: string, by: number) =>
    marked(docs.with(key, (numberAt(docs, key) * by + 1) % 9973), author, mark),
  { keys: (author: string, _mark: string, key: string) => [`marks:${author}`, key] },
);
const transfer = defineSwap(
  'sim/transfer',
  (docs: Docs, author: string, mark: string, from: string, to: string, amount: number) => {
    const left = numberAt(docs, from) - amount;
    if (from === to || left < 0) return marked(docs, author, mark);
    return marked(docs.with(from, left).with(to, numberAt(docs, to) + amount), author, mark);
  },
  { keys: (author: string, _mark: string, from: string, to: string) => [`marks:${author}`, from, to] },
);
/** Reads one doc and writes another: the read counts. */
const copy = defineSwap(
  'sim/copy',
  (docs: Docs, author: string, mark: string, from: string, to: string) =>
    marked(docs.with(to, numberAt(docs, from) + 1), author, mark),
  { keys: (author: string, _mark: string, from: string, to: string) => [`marks:${author}`, from, to] },
);
const drop = defineSwap(
  'sim/drop',
  (docs: Docs, author: string, mark: string, key: string) => marked(docs.without(key), author, mark),
  { keys: (author: string, _mark: string, key: string) => [`marks:${author}`, key] },
);

/** Writes what no one may write. */
const poison = defineSwap(
  'sim/poison',
  (docs: Docs, author: string, mark: string) => marked(docs.with(POISON, 1), author, mark),
  { keys: (author: string) => [`marks:${author}`, POISON] },
);

/** What a server may be told to run itself. */
export const SWAPS: readonly ServerSwap[] = [open, add, times, transfer, copy, drop, poison];
const BY_NAME = { open, add, times, transfer, copy, drop, poison };

/** What an author does, but for its mark. */
export interface OperationPlan {
  readonly swap: keyof typeof BY_NAME;
  readonly args: readonly (string | number)[];
}

export interface Operation extends OperationPlan {
  readonly author: string;
  readonly mark: string;
}

export function randomOperation(random: Random, poisoned: boolean): OperationPlan {
  const counter = random.pick(COUNTERS);
  const choices: OperationPlan[] = [
    { swap: 'add', args: [counter, 1 + random.below(9)] },
    { swap: 'times', args: [counter, 2 + random.below(3)] },
    { swap: 'transfer', args: [random.pick(ACCOUNTS), random.pick(ACCOUNTS), 1 + random.below(60)] },
    { swap: 'copy', args: [counter, random.pick(COUNTERS)] },
    { swap: 'drop', args: [counter] },
  ];
  if (poisoned) choices.push({ swap: 'poison', args: [] });
  return random.pick(choices);
}

type Swap = (docs: Docs, author: string, mark: string, ...args: readonly unknown[]) => Docs;

export const swapOf = ({ swap }: OperationPlan): Swap & SwapIdentity =>
  BY_NAME[swap] as unknown as Swap & SwapIdentity;

/** What an operation makes of the docs, in the plain model as in the real thing. */
export function run(operation: Operation, docs: Docs): Docs {
  return swapOf(operation)(docs, operation.author, operation.mark, ...operation.args);
}

export function describeOperation({ author, mark, swap, args }: Operation): string {
  return `${author} ${mark}: ${swap}(${args.map(String).join(', ')})`;
}
