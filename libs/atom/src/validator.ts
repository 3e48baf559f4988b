import { AtomError, show } from './errors';

/** Judges a value before it is taken: `false` refuses, and so does throwing, with a reason. Synchronous. */
export type Validator<T> = (value: T) => boolean | void;

/** @throws {AtomError} `INVALID`, with the validator's own error as the cause */
export const checkValid = <T>(validate: Validator<T> | undefined, value: T): void => {
  if (!validate) return;
  let verdict: unknown;
  try {
    verdict = validate(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : show(cause);
    throw new AtomError('INVALID', `The validator refused ${show(value)}: ${reason}. Nothing has changed.`, {
      cause,
    });
  }
  if (verdict === false) {
    throw new AtomError('INVALID', `The validator refused ${show(value)}. Nothing has changed.`);
  }
  if (typeof (verdict as PromiseLike<unknown> | undefined)?.then === 'function') {
    throw new AtomError('INVALID', 'The validator answered with a promise: validators are synchronous.');
  }
};
