import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthorizeRequest, Credentials, Principal, SyncAuth } from './sync-auth';

/** Users by name, as in `{ alice: { token: 'abc123', groups: ['todo', 'settings'] } }`. */
export type StaticUsers = Readonly<
  Record<string, { readonly token: string; readonly groups: readonly string[] }>
>;

interface KnownUser extends Principal {
  readonly groups: ReadonlySet<string>;
}

/**
 * A fixed list of users, each with a token and the groups it may read and write.
 *
 * @example
 * AtomSyncModule.forRoot({ auth: new StaticUsersAuth({ alice: { token: 'abc123', groups: ['todo'] } }) })
 */
export class StaticUsersAuth implements SyncAuth<KnownUser> {
  readonly #users: ReadonlyMap<string, { readonly digest: Buffer; readonly principal: KnownUser }>;

  constructor(users: StaticUsers) {
    this.#users = new Map(
      Object.entries(users).map(([id, { token, groups }]) => [
        id,
        { digest: digest(token), principal: { id, groups: new Set(groups) } },
      ]),
    );
  }

  /** With a token and no name, the user is the one whose token it is. */
  authenticate({ user, token }: Credentials): KnownUser | null {
    if (token === undefined) return null;
    const shown = digest(token);
    let found: KnownUser | null = null;
    // All are compared, so that the time taken says nothing about which one, if any, it was.
    for (const [id, known] of this.#users) {
      if (timingSafeEqual(known.digest, shown) && (user === undefined || user === id))
        found = known.principal;
    }
    return found;
  }

  authorize({ principal, group }: AuthorizeRequest<KnownUser>): boolean {
    return principal.groups.has(group);
  }
}

const digest = (token: string) => createHash('sha256').update(token).digest();
