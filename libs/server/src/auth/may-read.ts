import { answered } from './answer';
import type { Principal, SyncAuth } from './sync-auth';

/** Whether the principal may read the docs of a group under a prefix; `''` is the whole group. */
export function mayRead(
  auth: SyncAuth,
  principal: Principal,
  group: string,
  prefix: string,
): boolean | Promise<boolean> {
  const before = undefined;
  const after = undefined;
  return answered(auth.authorize({ principal, action: 'read', group, key: prefix, before, after }), false);
}
