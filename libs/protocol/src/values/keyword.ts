import { isWellFormed } from '../cbor/text';
import { ProtocolError } from '../errors/protocol-error';

const interned = new Map<string, WeakRef<Keyword>>();
/** Keywords come off the wire, so the table must not grow with what strangers send. */
const dropped = new FinalizationRegistry<string>((name) => {
  if (interned.get(name)?.deref() === undefined) interned.delete(name);
});

/** A name that stands for itself, as in Clojure. Made by {@link keyword} alone, so equal ones are identical. */
export class Keyword {
  private constructor(
    /** The whole name with its namespace: `'ns/name'`. */
    readonly fullName: string,
  ) {
    Object.freeze(this);
  }

  /** What stands before the first slash, if one stands between two parts. */
  get namespace(): string | undefined {
    const slash = this.fullName.indexOf('/');
    return slash > 0 && slash < this.fullName.length - 1 ? this.fullName.slice(0, slash) : undefined;
  }

  get name(): string {
    const namespace = this.namespace;
    return namespace === undefined ? this.fullName : this.fullName.slice(namespace.length + 1);
  }

  /** `':ns/name'` */
  toString(): string {
    return `:${this.fullName}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** @internal Use {@link keyword}. */
  static of(name: string): Keyword {
    const known = interned.get(name)?.deref();
    if (known !== undefined) return known;
    if (typeof name !== 'string' || name === '' || !isWellFormed(name)) {
      throw new ProtocolError(
        'NOT_CARRYABLE',
        `A keyword's name is a non-empty well-formed string, not ${String(name) || "''"}`,
      );
    }
    const made = new Keyword(name);
    interned.set(name, new WeakRef(made));
    dropped.register(made, name);
    return made;
  }
}

/**
 * The keyword of that name; the same instance for the same name, so `===` compares.
 *
 * @example keyword('groceries') === keyword('groceries'); keyword('list/item').namespace === 'list'
 */
export function keyword(name: string): Keyword {
  return Keyword.of(name);
}
