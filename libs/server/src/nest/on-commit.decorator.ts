import type { Commit } from '../atoms/commit';

/** What is kept of one `@OnCommit`. */
export interface OnCommitMark {
  readonly group: string;
  readonly name: string | undefined;
  readonly method: string | symbol;
}

export interface OnCommitOptions {
  /**
   * The name its place is kept under; by default that of the class and the method. Say one before you rename them: under
   * a new name a handler begins from the start.
   */
  readonly name?: string;
}

const marks = new WeakMap<object, OnCommitMark[]>();

/**
 * Calls the method for each commit in a group, or in all groups that match a pattern: in order, at least once, and by
 * one process at a time. It goes on where it was at the last start; what it missed comes as few commits with the latest
 * docs. A call that throws is made again, with growing waits, and holds up the commits of its group for this handler
 * alone. `commit.id` is the key to tell repetitions by.
 *
 * @example
 * @OnCommit('list/*')
 * async tell(commit: Commit<Todo>) { for (const { key, doc } of commit.changes) await this.mail.send(key, doc); }
 */
export const OnCommit =
  (group: string, { name }: OnCommitOptions = {}) =>
  <D>(
    target: object,
    method: string | symbol,
    _descriptor: { readonly value?: (commit: Commit<D>) => unknown },
  ): void => {
    marks.set(target, [...(marks.get(target) ?? []), { group, name, method }]);
  };

/** The handlers of a class, those it inherits included. */
export function onCommitMarks(prototype: object): readonly OnCommitMark[] {
  const parent: unknown = Object.getPrototypeOf(prototype);
  const inherited = typeof parent === 'object' && parent !== null ? onCommitMarks(parent) : [];
  return [...inherited, ...(marks.get(prototype) ?? [])];
}
