import { createHash, timingSafeEqual } from 'node:crypto';
import { Subject, type Observable } from 'rxjs';
import { Grants, type Grant } from './grants';
import type { AuthorizeRequest, Credentials, Principal, SyncAuth } from './sync-auth';

/** Users by name, as in `{ alice: { token: 'abc123', groups: ['todo', 'settings'] } }`. */
export type StaticUsers = Readonly<
  Record<string, { readonly token: string; readonly groups: readonly Grant[] }>
>;

interface KnownUser extends Principal {
  readonly grants: Grants;
}

type Known = ReadonlyMap<
  string,
  { readonly digest: Buffer; readonly principal: KnownUser; readonly said: string }
>;

/**
 * A list of users, each with a token and the groups it may read and write.
 *
 * @throws AtomSyncServerError `BAD_OPTION`
 * @example
 * AtomSyncModule.forRoot({ auth: new StaticUsersAuth({ alice: { token: 'abc123', groups: ['todo', 'list/*'] } }) })
 */
export class StaticUsersAuth implements SyncAuth<KnownUser> {
  readonly #changes$ = new Subject<string>();
  #users: Known;

  constructor(users: StaticUsers) {
    this.#users = known(users);
  }

  get changes$(): Observable<string> {
    return this.#changes$.asObservable();
  }

  /** Puts other users, tokens and rights in the place of those there were. Open connections follow at once. */
  replace(users: StaticUsers): void {
    const before = this.#users;
    this.#users = known(users);
    for (const [id, { said }] of before) if (this.#users.get(id)?.said !== said) this.#changes$.next(id);
  }

  /** With a token and no name, the user is the one whose token it is. */
  authenticate({ user, token }: Credentials): KnownUser | null {
    if (token === undefined) return null;
    const shown = digest(token);
    let found: KnownUser | null = null;
    // All are compared, so that the time taken says nothing about which one, if any, it was.
    for (const [id, { digest: expected, principal }] of this.#users) {
      if (timingSafeEqual(expected, shown) && (user === undefined || user === id)) found = principal;
    }
    return found;
  }

  authorize({ principal, ...asked }: AuthorizeRequest<KnownUser>): boolean {
    return principal.grants.may(asked);
  }

  readRights({ grants }: KnownUser, group: string): string {
    return grants.readRights(group);
  }
}

const known = (users: StaticUsers): Known =>
  new Map(
    Object.entries(users).map(([id, { token, groups }]) => [
      id,
      {
        digest: digest(token),
        principal: { id, grants: new Grants(groups) },
        said: digest(JSON.stringify([token, groups])).toString('base64'),
      },
    ]),
  );

const digest = (token: string) => createHash('sha256').update(token).digest();
