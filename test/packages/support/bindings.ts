import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';

const WORKSPACE = resolve(__dirname, '../../..');
const KEPT = join(WORKSPACE, 'node_modules/.cache/atomsync-bindings');
const BINDING = 'build/Release/better_sqlite3.node';

/**
 * What lets `npm install` take up SQLite's binding from those that are kept, by a setting of `prebuild-install`. Where
 * the binding cannot be downloaded, each app would compile it for a minute; so it is compiled once for each version of
 * it and of Node, and that of the workspace is there already.
 */
export function keptBindings(): Readonly<Record<string, string>> {
  keepBinding(WORKSPACE, process.versions.modules);
  return { npm_config_better_sqlite3_local_prebuilds: KEPT };
}

/**
 * Keeps the binding that a folder has installed, under the name by which `prebuild-install` looks for it.
 *
 * @param abi of the Node that it was installed for: its `process.versions.modules`
 */
export function keepBinding(folder: string, abi: string): void {
  const home = join(folder, 'node_modules/better-sqlite3');
  if (!existsSync(join(home, BINDING))) return;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the manifest of what was installed just now
  const { version } = require(join(home, 'package.json')) as { readonly version: string };
  const file = `better-sqlite3-v${version}-node-v${abi}-${process.platform}-${process.arch}.tar.gz`;
  if (existsSync(join(KEPT, file))) return;
  mkdirSync(KEPT, { recursive: true });
  // Under its name once it is whole: others may be installing.
  const unfinished = join(KEPT, `${file}.${process.pid}`);
  execFileSync('tar', ['-czf', unfinished, '-C', home, BINDING]);
  renameSync(unfinished, join(KEPT, file));
}
