import { AtomError, show } from '../errors';

/**
 * A function of a view threw. The view ends with it; the atom and all other views go on. Subscribing again begins
 * anew. What was thrown is the `cause`.
 */
export class ViewError extends AtomError {
  /** The doc it threw on. */
  readonly key: string;

  constructor(part: string, key: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : show(cause);
    super(
      'VIEW_FAILED',
      `The ${part} of a view threw on the doc under ${show(key)}: ${why}. It must take every doc.`,
      { cause },
    );
    this.name = 'ViewError';
    this.key = key;
  }
}

/** What a function of a query makes of the doc under `key`. @throws {ViewError} */
export const asked = <T>(part: 'where' | 'sortBy' | 'groupBy', key: string, ask: () => T): T => {
  try {
    return ask();
  } catch (cause) {
    throw new ViewError(part, key, cause);
  }
};
