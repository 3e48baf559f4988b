import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pages';

/** Whether a package that a page has its reader install, `NAME` or `NAME@MAJOR`, is here: our own, or one we test with. */
export function isInstalled(wanted: string): boolean {
  const [, name = '', range = ''] = /^(@?[^@]+)(?:@(.+))?$/.exec(wanted) ?? [];
  const file = join(ROOT, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return false;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return range === '' || version.startsWith(`${range}.`);
}
