import { AtomError, show } from './errors';

/** Judges a value before it is taken: `false` refuses, and so does throwing, with a reason. Synchronous. */
export type Validator<T> = (value: T) => boolean | void;

/** @throws {AtomError} `INVALID`, with the validator's own error as the cause */
export const checkValid = <T>(validate: Validator<T> | undefined, value: T): void => {
  if (!validate) return;
  const refused = (why: string, options?: ErrorOptions): AtomError =>
    new AtomError('INVALID', `The validator refused ${show(value)}${why}. Nothing has changed.`, options);
  let verdict: unknown;
  try {
    verdict = validate(value);
  } catch (cause) {
    throw refused(`: ${cause instanceof Error ? cause.message : show(cause)}`, { cause });
  }
  if (verdict === false) throw refused('');
  if (typeof (verdict as PromiseLike<unknown> | undefined)?.then === 'function') {
    throw refused(' by a promise: validators are synchronous');
  }
};
