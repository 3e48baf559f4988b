import type { Body } from '../messages/parts';
import { DEFAULT_LIMITS } from '../limits';
import { decodeBody } from './decode-body';

/** Throws what {@link decodeBody} would throw: MALFORMED or TOO_DEEP. */
export function checkBody(bytes: Body, maxDepth: number = DEFAULT_LIMITS.maxDepth): void {
  decodeBody(bytes, maxDepth);
}
