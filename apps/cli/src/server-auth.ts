import { JwtAuth, StaticUsersAuth, type SyncAuth } from '@atomsync/server';
import { jwtSecret } from './jwt-secret';
import { readUsers } from './users-file';

/** Who may do what on a server that is started here; `undefined`: everyone everything. */
export function serverAuth(
  { users, jwtSecretFile }: { readonly users?: string; readonly jwtSecretFile?: string },
  env: Readonly<Record<string, string | undefined>>,
): SyncAuth | undefined {
  if (users !== undefined) return new StaticUsersAuth(readUsers(users));
  const secret = jwtSecret(jwtSecretFile, env);
  return secret === undefined ? undefined : new JwtAuth({ secret });
}
