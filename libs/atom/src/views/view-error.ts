import { AtomError, show } from '../errors';

/**
 * A function of a view threw. The view ends with it; the atom and all other views go on. Subscribing again begins
 * anew. What was thrown is the `cause`.
 */
export class ViewError extends AtomError {
  /** The doc it threw on. */
  readonly key: string;

  constructor(part: 'where' | 'sortBy' | 'groupBy', key: string, cause: unknown) {
    super(
      'VIEW_FAILED',
      `The ${part} of a view threw on the doc under ${show(key)}: ${cause instanceof Error ? cause.message : show(cause)}. ` +
        'It has to take every doc there may be; the atom itself is as it was.',
      { cause },
    );
    this.name = 'ViewError';
    this.key = key;
  }
}
