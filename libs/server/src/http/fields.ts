import { Keyword } from '@atomsync/protocol';
import { HttpError } from './http-error';

/** The fields of a message by name, whether they came as strings or as keywords. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;

  /** Throws `MALFORMED` where it is no message. */
  constructor(
    value: unknown,
    private readonly what: string,
  ) {
    if (value instanceof Map) {
      this.#values = new Map(
        [...(value as ReadonlyMap<unknown, unknown>)].map(([key, each]) => [nameOf(key), each]),
      );
    } else if (
      typeof value === 'object' &&
      value !== null &&
      Object.getPrototypeOf(value) === Object.prototype
    ) {
      this.#values = new Map(Object.entries(value));
    } else {
      throw new HttpError('MALFORMED', `${what} is a map with named fields.`);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whatever it is; `undefined` also where it is not there. */
  value(name: string): unknown {
    return this.#values.get(name);
  }

  text(name: string): string {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : this.#wrong(name, 'a text');
  }

  /** A non-negative integer; `fallback` where it is not there. */
  count(name: string, fallback?: number): number {
    const value = this.#values.get(name) ?? fallback;
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.#wrong(name, 'a whole number from 0 on');
  }

  /** A time: an instant, or milliseconds since 1970. */
  time(name: string): number {
    const value = this.#values.get(name);
    const time = value instanceof Date ? value.getTime() : value;
    return Number.isSafeInteger(time) && (time as number) >= 0
      ? (time as number)
      : this.#wrong(name, 'an instant, or milliseconds since 1970');
  }

  list(name: string): readonly unknown[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#wrong(name, 'a list');
  }

  #wrong(name: string, rule: string): never {
    const missing = this.#values.has(name) ? '' : ', and is missing';
    throw new HttpError('MALFORMED', `${this.what}: '${name}' is ${rule}${missing}.`);
  }
}

const nameOf = (key: unknown): string => (key instanceof Keyword ? key.fullName : String(key));
