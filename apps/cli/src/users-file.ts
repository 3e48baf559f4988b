import type { StaticUsers } from '@atomsync/server';
import { readFileSync } from 'node:fs';
import { usageError } from './cli-error';

const FORM = 'Write it like {"alice": {"token": "abc123", "groups": ["todo", "list/*"]}}.';

/** Users, their tokens and groups; whether the groups are well-formed is for `StaticUsersAuth` to say. */
export function readUsers(file: string): StaticUsers {
  let users: unknown;
  try {
    users = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError('BAD_FILE', `The users file ${file} cannot be read: ${why}.`, FORM);
  }
  if (typeof users !== 'object' || users === null || Array.isArray(users)) {
    throw usageError('BAD_FILE', `The users file ${file} is no object.`, FORM);
  }
  for (const [name, user] of Object.entries(users as Record<string, unknown>)) {
    const { token, groups } = (user ?? {}) as Partial<StaticUsers[string]>;
    if (typeof token !== 'string' || token === '' || !Array.isArray(groups)) {
      throw usageError(
        'BAD_FILE',
        `The users file ${file}: ${name} has no token, or no list of groups.`,
        FORM,
      );
    }
  }
  return users as StaticUsers;
}
