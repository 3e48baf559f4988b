import { AtomError, show } from './errors';
import { schemaFault } from './schema-fault';
import type { StandardSchemaV1 } from './standard-schema';

/** Any function that can be given to `swap`. */
export type SwapFunction = (current: never, ...args: never) => unknown;
type ArgsOf<F> = F extends (current: never, ...args: infer A) => unknown ? A : never;

/** What a named swap can say of itself. */
export interface SwapDefinition<F extends SwapFunction = SwapFunction> {
  /** The docs a call touches, so that a server can run it on these alone. */
  readonly keys?: (...args: ArgsOf<F>) => readonly string[];
  /** Judges the arguments, as one array, before every run. Synchronous; it never rewrites them. */
  readonly args?: StandardSchemaV1;
  /** Take the name over from another function: for modules that are loaded again while the app runs. */
  readonly replace?: boolean;
}

/** What a function needs to be stored, sent and run again elsewhere. */
export interface SwapIdentity {
  readonly swapName: string;
  readonly swapKeys: ((...args: never) => readonly string[]) | undefined;
  readonly swapArgs: StandardSchemaV1 | undefined;
}

/** A swap function that carries its name, as `findSwap` and `isNamedSwap` show it. */
export type NamedSwap<F extends SwapFunction = SwapFunction> = F & SwapIdentity;

interface Entry {
  readonly fn: SwapFunction;
  readonly swap: NamedSwap;
}

const registry = new Map<string, Entry>();

/**
 * Gives a swap function a name under which it can be stored, sent and run again anywhere: on the same name every
 * process must have the same function. It is called as the plain one is.
 *
 * Defining the same function again gives the same swap. Where modules are loaded again (hot reload), say
 * `replace: true` in development: the last one loaded has the name.
 *
 * The type is the plain function's, because TypeScript infers through generic functions only where they have no
 * properties; `isNamedSwap` shows the identity (`swapName`).
 *
 * @throws {AtomError} `SWAP_NAME_TAKEN` when another function has the name; `BAD_ARGS`, on a call, when the
 *   arguments do not fit the schema
 * @example
 * const add = defineSwap('add', (x: number, by: number) => x + by);
 * n.swap(add, 5);
 */
export const defineSwap = <F extends SwapFunction>(
  name: string,
  fn: F,
  definition: SwapDefinition<F> = {},
): F => {
  const entry = registry.get(name);
  if (entry?.fn === fn) return entry.swap as unknown as F;
  if (entry && definition.replace !== true) {
    throw new AtomError(
      'SWAP_NAME_TAKEN',
      `There is a swap named ${show(name)} already, with another function. Choose another name, or say { replace: true } where modules are loaded again.`,
    );
  }
  const { keys, args: schema } = definition;
  const run = fn as unknown as (...all: unknown[]) => unknown;
  const called = schema
    ? (current: unknown, ...args: unknown[]): unknown => {
        checkArgs(name, schema, args);
        return run(current, ...args);
      }
    : (current: unknown, ...args: unknown[]): unknown => run(current, ...args);
  const swap = Object.defineProperties(called, {
    name: { value: name },
    swapName: { value: name },
    swapKeys: { value: keys },
    swapArgs: { value: schema },
  }) as unknown as F & NamedSwap;
  registry.set(name, { fn, swap });
  return swap;
};

/** The swap defined under `name`, if any. */
export const findSwap = (name: string): NamedSwap | undefined => registry.get(name)?.swap;

/** Whether a function was made by `defineSwap`. */
export const isNamedSwap = (value: unknown): value is NamedSwap =>
  typeof value === 'function' && typeof (value as Partial<SwapIdentity>).swapName === 'string';

const checkArgs = (name: string, schema: StandardSchemaV1, args: readonly unknown[]): void => {
  const fault = schemaFault(schema, args);
  if (fault === undefined) return;
  throw new AtomError('BAD_ARGS', `Swap ${show(name)} refused its arguments: ${fault}. Nothing has changed.`);
};
