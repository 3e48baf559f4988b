import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

export interface Page {
  /** From the root, `docs/CONFLICTS.md`. */
  readonly path: string;
  readonly text: string;
}

/** Every page of the repository: what git knows, and what is new and not ignored. */
export function readPages(): Page[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '-co', '--exclude-standard', '--deduplicate', '*.md'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return listed
    .split('\0')
    .filter((path) => path !== '')
    .sort()
    .map(readPage);
}

export const readPage = (path: string): Page => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });
