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
const COUNTERS = ['counter:0', 'counter:1', 'counter:2'];

const numberAt = (docs: Docs, key: string): number => (docs.get(key) as number | undefined) ?? 0;

/** Leaves a mark in the doc of the client that made the write, so that its loss or doubling would show. */
const marked = (docs: Docs, author: string, mark: string): Docs => {
  const key = `marks:${author}`;
  const marks = (docs.get(key) as ReadonlySet<string> | undefined) ?? new Set<string>();
  if (marks.has(mark)) throw new Error(`${mark} was applied twice`);
  return docs.with(key, new Set([...marks, mark]));
};

export const open = defineSwap(
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

/** What a server may be told to run itself. */
export const SWAPS: readonly ServerSwap[] = [open, add, times, transfer, copy, drop];

type Swap = ((docs: Docs, author: string, mark: string, ...args: never[]) => Docs) & SwapIdentity;

export interface Operation {
  readonly author: string;
  readonly mark: string;
  readonly swap: Swap;
  readonly args: readonly unknown[];
}

export function randomOperation(random: Random, author: string, mark: string): Operation {
  const counter = random.pick(COUNTERS);
  const choices: (readonly [unknown, ...unknown[]])[] = [
    [add, counter, 1 + random.below(9)],
    [times, counter, 2 + random.below(3)],
    [transfer, random.pick(ACCOUNTS), random.pick(ACCOUNTS), 1 + random.below(60)],
    [copy, counter, random.pick(COUNTERS)],
    [drop, counter],
  ];
  const [swap, ...args] = random.pick(choices);
  return { author, mark, swap: swap as Swap, args };
}

/** What an operation makes of the docs, in the plain model as in the real thing. */
export function run({ swap, author, mark, args }: Operation, docs: Docs): Docs {
  return (swap as unknown as (docs: Docs, ...all: unknown[]) => Docs)(docs, author, mark, ...args);
}

export function describeOperation({ author, mark, swap, args }: Operation): string {
  return `${author} ${mark}: ${swap.swapName.slice(4)}(${args.map(String).join(', ')})`;
}
