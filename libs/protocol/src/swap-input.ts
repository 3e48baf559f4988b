import { ProtocolError } from './errors/protocol-error';
import type { Body } from './messages/parts';
import { decodeBody } from './values/decode-body';
import { encodeBody } from './values/encode-body';
import { Keyword, keyword } from './values/keyword';

/** One step of a path into a value: a property, an array index, a key of a Map or of a group. */
export type InputSegment = string | number | bigint | boolean;

/** What a named swap is run with: its arguments, and where in the group's docs. */
export interface SwapInput {
  readonly args: readonly unknown[];
  /** From the group down: the doc's key first; empty for the group as a whole. */
  readonly path: readonly InputSegment[];
  /** What stands for an absent part at a depth of the path. */
  readonly defaults: readonly { readonly depth: number; readonly value: unknown }[];
}

/** A named swap that is an argument of another goes as the keyword of its name in this namespace. */
const NAMESPACE = 'atomsync.swap/';

/**
 * The body of `[args, path, [[depth, default]…]]`.
 *
 * @param nameOf the name of an argument that is a named swap
 * @throws ProtocolError `NOT_CARRYABLE`
 */
export function encodeSwapInput(input: SwapInput, nameOf: (arg: unknown) => string | undefined): Body {
  const args = input.args.map((arg) => {
    const name = nameOf(arg);
    return name === undefined ? arg : keyword(NAMESPACE + name);
  });
  return encodeBody([args, input.path, input.defaults.map(({ depth, value }) => [depth, value])]);
}

/**
 * @param find the named swap of a name; an argument whose name is not known stays the keyword
 * @throws ProtocolError `MALFORMED`
 */
export function decodeSwapInput(body: Body, find: (name: string) => unknown): SwapInput {
  const [args, path, defaults] = decodeBody(body) as unknown[];
  if (!Array.isArray(args) || !isPath(path) || !Array.isArray(defaults) || !defaults.every(isDefault)) {
    throw new ProtocolError('MALFORMED', 'The input of a swap is [args, path, [[depth, default]…]].');
  }
  return {
    args: args.map((arg: unknown) =>
      arg instanceof Keyword && arg.fullName.startsWith(NAMESPACE)
        ? (find(arg.fullName.slice(NAMESPACE.length)) ?? arg)
        : arg,
    ),
    path,
    defaults: defaults.map(([depth, value]) => ({ depth, value })),
  };
}

function isPath(path: unknown): path is InputSegment[] {
  return (
    Array.isArray(path) &&
    path.every((step) => ['string', 'number', 'bigint', 'boolean'].includes(typeof step))
  );
}

function isDefault(entry: unknown): entry is [number, unknown] {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'number';
}
