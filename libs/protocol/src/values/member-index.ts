import { canonicalText } from './canonical-text';
import { Keyword } from './keyword';

/** Finds Set members and Map keys by content; primitives and keywords cost no encoding. */
export class MemberIndex {
  private readonly byContent = new Map<unknown, { readonly member: unknown }>();

  constructor(members: Iterable<unknown>) {
    for (const member of members) this.byContent.set(contentKey(member), { member });
  }

  /** The member itself, wrapped for it may be undefined. */
  find(member: unknown): { readonly member: unknown } | undefined {
    return this.byContent.get(contentKey(member));
  }
}

/** A primitive that is equal (SameValueZero) for equal members, and never collides between kinds. */
export function contentKey(member: unknown): unknown {
  if (typeof member === 'string') return `s${member}`;
  if (typeof member !== 'object' || member === null || member instanceof Keyword) return member;
  return `c${canonicalText(member)}`;
}
