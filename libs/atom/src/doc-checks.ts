import { AtomError, show } from './errors';

/** @throws {AtomError} `INVALID_KEY` */
export const checkKey = (key: unknown): string => {
  if (typeof key === 'string') return key;
  throw new AtomError('INVALID_KEY', `${show(key)} is no key: keys of a doc map are strings.`);
};

/** @throws {AtomError} `BAD_DOC` */
export const checkDoc = <D>(key: string, doc: D): D => {
  if (doc !== undefined) return doc;
  throw new AtomError(
    'BAD_DOC',
    `undefined given as the doc under ${show(key)}: a doc is anything but undefined. Remove docs with dissoc (without), or store null.`,
  );
};

/** For all who swap a doc that is not there. */
export const noSuchDoc = (key: string): AtomError =>
  new AtomError(
    'NO_SUCH_DOC',
    `There is no doc under ${show(key)}, and a swap needs one to work on. Put it first (assoc, reset), or open the cursor with a default: at(${show(key)}, { default: … }).`,
  );
