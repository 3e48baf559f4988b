/**
 * Why an atom refused something. The codes are stable; messages may be reworded.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID` | a validator refused the value; its own error is the `cause` |
 * | `NO_SUCH_DOC` | a swap on a doc that is absent |
 * | `BAD_DOC` | `undefined` given as a doc |
 * | `BAD_PATH` | a path leads into something that has no such part, or that cannot be copied |
 * | `INVALID_KEY` | a key of a doc map that is not a string |
 * | `BAD_ARGS` | a swap got arguments that it cannot take |
 * | `CLOSED` | a write to an atom that has completed, failed or been unsubscribed |
 * | `CONTENDED` | a swap function or validator that writes to its own atom on every run |
 * | `SWAP_NAME_TAKEN` | two functions want one swap name |
 * | `VIEW_FAILED` | a function of a view threw: a `ViewError`, with the doc's `key` and the `cause` |
 */
export type AtomErrorCode =
  | 'INVALID'
  | 'NO_SUCH_DOC'
  | 'BAD_DOC'
  | 'BAD_PATH'
  | 'INVALID_KEY'
  | 'BAD_ARGS'
  | 'CLOSED'
  | 'CONTENDED'
  | 'SWAP_NAME_TAKEN'
  | 'VIEW_FAILED';

/**
 * The error class of this package, and the root of the one that views have.
 *
 * @example
 * try { n.reset(-1) } catch (e) { if (e instanceof AtomError && e.code === 'INVALID') … }
 */
export class AtomError extends Error {
  readonly code: AtomErrorCode;

  constructor(code: AtomErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AtomError';
    this.code = code;
  }
}

/** Any value in a message: short, and never throwing. */
export const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor
    ?.name;
  return typeof name === 'string' && name !== 'Object' ? `a ${name}` : 'an object';
};
