import { UrlSegment, type UrlMatchResult } from '@angular/router';

/** Which todos are shown. */
export type TodoFilter = 'all' | 'active' | 'completed';

/** Matches `#/`, `#/active` and `#/completed`, and gives the page its `filter`. */
export function todoFilter(segments: UrlSegment[]): UrlMatchResult | null {
  const [first = new UrlSegment('all', {}), ...rest] = segments;
  const known = segments.length === 0 || first.path === 'active' || first.path === 'completed';
  return known && rest.length === 0 ? { consumed: segments, posParams: { filter: first } } : null;
}
