import type { Doc } from '../doc-map';
import { readPart } from '../parts';
import { compareValues, sortable } from './compare-values';
import type { Row } from './row';
import type { ViewEntry } from './view-entry';
import { asked, ViewError } from './view-error';
import type { SortBy, SortDirection, SortKey, SortTerm } from './view-query';

interface Term<D> {
  readonly pick: (doc: Doc<D>, key: string) => unknown;
  readonly compare: (a: unknown, b: unknown) => number;
}

/** In which order rows stand. It is total: in the end the key decides. */
export class Order<D> {
  readonly #terms: readonly Term<D>[];

  constructor(sortBy: SortBy<D> = []) {
    this.#terms = ([] as SortTerm<D>[]).concat(sortBy).map(termOf);
  }

  /** @throws {ViewError} */
  row(entry: ViewEntry<D>): Row<D> {
    const { key, doc } = entry;
    return { key, entry, sort: asked('sortBy', key, () => this.#terms.map(({ pick }) => pick(doc, key))) };
  }

  /** @throws {ViewError} */
  readonly compare = (a: Row<D>, b: Row<D>): number => {
    try {
      for (let at = 0; at < this.#terms.length; at++) {
        const order = this.#terms[at]!.compare(a.sort[at], b.sort[at]);
        // NaN, too, says that they are alike.
        if (order) return order;
      }
    } catch (cause) {
      throw new ViewError('sortBy', a.key, cause);
    }
    return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  };
}

const termOf = <D>(term: SortTerm<D>): Term<D> => {
  if (typeof term !== 'object') return byKey(term, compareValues);
  const sign = signOf(term.direction);
  if ('by' in term) return byKey(term.by, (a, b) => sign * compareValues(a, b));
  const { compare } = term;
  return { pick: (doc) => doc, compare: (a, b) => sign * compare(a as Doc<D>, b as Doc<D>) };
};

const byKey = <D>(by: SortKey<D>, compare: Term<D>['compare']): Term<D> => ({
  pick: (doc, key) => sortable(typeof by === 'function' ? by(doc, key) : readPart(doc, by)),
  compare,
});

const signOf = (direction: SortDirection = 'asc'): number => (direction === 'desc' ? -1 : 1);
