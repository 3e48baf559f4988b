import { isDocMap } from './is-doc-map';
import { AtomError, show } from './errors';
import { withPart, type Segment } from './parts';

/** `value` with the parts of `other` put over its own; the same value where it has them all. */
export const mergeParts = (value: unknown, other: unknown): unknown => {
  if (typeof other !== 'object' || other === null || Array.isArray(other)) {
    throw new AtomError(
      'BAD_ARGS',
      `Cannot merge ${show(other)}: only objects, Maps and doc maps have parts to merge.`,
    );
  }
  const isIterable = other instanceof Map || isDocMap(other);
  const parts: [Segment, unknown][] = isIterable
    ? [...(other as Iterable<[Segment, unknown]>)]
    : Object.entries(other);
  if (isDocMap(value)) return value.withAll(parts as [string, unknown][]);
  // With nothing to merge into, an empty object is still something.
  return parts.reduce<unknown>((whole, [key, part]) => withPart(whole, key, part), value ?? {});
};
