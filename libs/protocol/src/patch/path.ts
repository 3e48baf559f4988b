import { contentKey } from '../values/member-index';

/** One step into a value. A Set member is a step too: it is the field that comes or goes. */
export type PathStep =
  | { readonly in: 'object'; readonly key: string }
  | { readonly in: 'map'; readonly key: unknown }
  | { readonly in: 'set'; readonly member: unknown };

/** A string that is the same for the same path: fields of two edits can be matched by it. */
export function pathKey(path: readonly PathStep[]): string {
  return path.map(stepKey).join('\0');
}

/** {@link pathKey} of one step. */
export function stepKey(step: PathStep): string {
  if (step.in === 'object') return `o${escaped(step.key)}`;
  const content = contentKey(step.in === 'map' ? step.key : step.member);
  // Kinds of primitives share spellings; strings and objects already bear a letter.
  const text = typeof content === 'string' ? content : `${typeof content}${nameOf(content)}`;
  return `${step.in === 'map' ? 'm' : 's'}${escaped(text)}`;
}

function nameOf(content: unknown): string {
  return Object.is(content, -0) ? '0' : String(content);
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
}

/**
 * Whether two edits at these paths meet: one path is the other, or leads through it.
 *
 * @example pathsMeet([{ in: 'object', key: 'a' }], [{ in: 'object', key: 'a' }, { in: 'object', key: 'b' }])
 */
export function pathsMeet(a: readonly PathStep[], b: readonly PathStep[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (stepKey(a[i]!) !== stepKey(b[i]!)) return false;
  return true;
}
