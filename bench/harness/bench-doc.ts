import type { BenchDoc } from '../contender';

/** The n-th doc, written at `at`. */
export const benchDoc = (n: number, at: number): BenchDoc => ({
  text: `Buy milk, bread and a newspaper on the way home (${n})`,
  done: n % 2 === 0,
  owner: `user:${n % 100}`,
  tags: ['groceries', 'today'],
  n,
  at,
});

export const benchKey = (n: number): string => `todo:${String(n).padStart(6, '0')}`;
