import { DEFAULT_LIMITS, type Limits } from '@atomsync/protocol';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../server-limits';
import { badOption } from './bad-option';

/** Bounds on what clients may send, and on what they may take up. */
export type AllLimits = Limits & ServerLimits;

const DEFAULTS: AllLimits = { ...DEFAULT_LIMITS, ...DEFAULT_SERVER_LIMITS };

/** Nobody may have keys or values that others could not store. */
const MOST: Partial<AllLimits> = {
  maxKey: 1024,
  maxDepth: 500,
  maxFrame: 1024 ** 3,
  helloTimeout: 2 ** 31 - 1,
};

/** Fills in the defaults. Throws `BAD_OPTION`, naming the limit, its value, the rule and the remedy. */
export function resolveLimits(given: Partial<AllLimits> = {}): AllLimits {
  for (const [name, limit] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw badOption(
        `limits.${name}`,
        limit,
        `the limits are ${Object.keys(DEFAULTS).join(', ')}`,
        'leave it out',
      );
    }
    if (limit === undefined) continue;
    const most = MOST[name as keyof AllLimits] ?? Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > most) {
      const rule = most === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${most}`;
      throw badOption(
        `limits.${name}`,
        limit,
        `it is a whole number ${rule}`,
        'leave it out for the default',
      );
    }
  }
  const limits = { ...DEFAULTS, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value)) };
  if (limits.maxUnread < limits.maxBuffered) {
    throw badOption(
      'limits.maxUnread',
      limits.maxUnread,
      `it is at least maxBuffered, which is ${limits.maxBuffered}`,
      'raise it, or lower maxBuffered',
    );
  }
  return limits;
}
