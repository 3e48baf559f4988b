import type { Limits } from './messages/parts';

/** What a server takes when nothing else is configured. */
export const DEFAULT_LIMITS: Limits = {
  maxFrame: 16 * 1024 * 1024,
  maxDoc: 1024 * 1024,
  maxKey: 1024,
  maxDepth: 100,
  maxChanges: 10_000,
  maxMutations: 1_000,
};
