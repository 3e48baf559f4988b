import { createHash } from 'node:crypto';
import { AtomSyncServerError } from '../errors';
import { groupPattern } from '../group-pattern';
import type { AuthorizeRequest } from './sync-auth';

/** A right: a group's name or a pattern (`list/*`) to read and write, or less than that. */
export type Grant =
  | string
  | {
      /** A group's name; `*` stands for any characters: `list/*`. */
      readonly group: string;
      /** Only docs whose keys begin with this. */
      readonly prefix?: string;
      /** `'write'`, which includes reading, by default. */
      readonly access?: 'read' | 'write';
    };

interface Rule {
  readonly matches: (group: string) => boolean;
  readonly prefix: string;
  readonly writes: boolean;
}

/** What one user may do: everything that is granted, and nothing else. */
export class Grants {
  readonly #rules: readonly Rule[];

  /** @throws AtomSyncServerError `BAD_OPTION` */
  constructor(grants: readonly Grant[]) {
    this.#rules = grants.map(ruleOf);
  }

  may({ action, group, key }: Pick<AuthorizeRequest, 'action' | 'group' | 'key'>): boolean {
    return this.#rules.some(
      ({ matches, prefix, writes }) =>
        (writes || action === 'read') && key.startsWith(prefix) && matches(group),
    );
  }

  /** What may be read of a group, as a text that changes when it does. */
  readRights(group: string): string {
    const prefixes = this.#rules.filter(({ matches }) => matches(group)).map(({ prefix }) => prefix);
    if (prefixes.length === 0 || prefixes.includes('')) return '';
    const said = JSON.stringify([...new Set(prefixes)].sort());
    return createHash('sha256').update(said).digest('base64url').slice(0, 12);
  }
}

function ruleOf(grant: Grant): Rule {
  const { group, prefix = '', access = 'write' } = typeof grant === 'string' ? { group: grant } : grant;
  const isRule = [group, prefix].every((part) => typeof part === 'string') && group !== '';
  if (!isRule || !['read', 'write'].includes(access)) {
    throw new AtomSyncServerError(
      'BAD_OPTION',
      `The grant ${JSON.stringify(grant)} is none; write a group's name, a pattern like "list/*", or { group, prefix?, access?: "read" | "write" }.`,
    );
  }
  return { matches: groupPattern(group), prefix, writes: access === 'write' };
}
