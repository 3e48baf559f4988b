import { isDocMap } from './is-doc-map';
import { readPart, withPart, type Path } from './parts';

/** What stands in for an absent part: `value` where the first `depth` segments of the path lead to nothing. */
export interface PathDefault {
  readonly depth: number;
  readonly value: unknown;
}

/** Anything that is written to an atom, at `path` within its value. A record: it can be kept and run again. */
export type Write =
  | {
      readonly kind: 'reset';
      readonly path: Path;
      readonly value: unknown;
      readonly defaults?: readonly PathDefault[];
    }
  | {
      readonly kind: 'swap';
      readonly path: Path;
      readonly fn: (...args: never) => unknown;
      readonly args: readonly unknown[];
      readonly defaults?: readonly PathDefault[];
    };

type AnyFunction = (current: unknown, ...args: unknown[]) => unknown;

/**
 * The value that `write` makes of `value`: pure where its function is. The very same value where it changes
 * nothing, also when a swap gives back the default that stood in for an absent part.
 *
 * @throws {AtomError} `NO_SUCH_DOC`, `BAD_PATH`, `BAD_DOC`, and whatever the function throws
 */
export const runWrite = <T>(write: Write, value: T): T => writeAt(write, value, 0) as T;

const writeAt = (write: Write, current: unknown, depth: number): unknown => {
  const { path } = write;
  if (depth === path.length) {
    return write.kind === 'reset' ? write.value : (write.fn as AnyFunction)(current, ...write.args);
  }
  const segment = path[depth] as Path[number];
  // Read only where the result depends on it, because a tracked map takes note of what is read.
  if (write.kind === 'reset' && depth + 1 === path.length) return withPart(current, segment, write.value);
  const part = orDefault(readPart(current, segment), write.defaults, depth + 1);
  if (part === undefined && isDocMap(current)) throw current.absence(String(segment));
  const changed = writeAt(write, part, depth + 1);
  return write.kind === 'swap' && Object.is(changed, part) ? current : withPart(current, segment, changed);
};

const orDefault = (part: unknown, defaults: readonly PathDefault[] | undefined, depth: number): unknown =>
  part === undefined ? defaults?.find((candidate) => candidate.depth === depth)?.value : part;

/** The part of an atom's value at `path`, with the defaults where it is absent; `value` is the part at `depth`. */
export const readAt = (
  value: unknown,
  path: Path,
  defaults: readonly PathDefault[] = [],
  depth = 0,
): unknown => {
  const part = orDefault(value, defaults, depth);
  return depth === path.length
    ? part
    : readAt(readPart(part, path[depth] as Path[number]), path, defaults, depth + 1);
};
