import type { ViewDoc } from './side';

export const keyOf = (at: number): string => `doc:${String(at).padStart(7, '0')}`;

/** Every third is done; `n` is spread over them, and below 1,000,000. */
export const viewDocs = (count: number): (readonly [string, ViewDoc])[] =>
  Array.from({ length: count }, (_, at) => [
    keyOf(at),
    {
      text: `Things to be done, number ${at}`,
      done: isDone(at),
      owner: `user:${at % 97}`,
      n: (at * 7_919) % 999_983,
    },
  ]);

export const isDone = (at: number): boolean => at % 3 === 0;
