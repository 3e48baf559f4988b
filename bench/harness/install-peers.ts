import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

/**
 * Installs what `package-lock.json` in `folder` names, where it is not there: the product has no part in it. `without` is
 * how to do without them.
 */
export function installPeers(folder: string, without: string): void {
  if (installedAsLocked(folder)) return;
  console.log('Installing the peers, once …');
  const npm = process.env['npm_execpath'];
  const [program, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const { status } = spawnSync(
    program,
    [...first, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status === 0) return;
  throw new Error(`The peers could not be installed; npm says why above. \`${without}\` does without them.`);
}

function installedAsLocked(folder: string): boolean {
  const wanted = readLock(join(folder, 'package-lock.json'))!;
  const present = readLock(join(folder, 'node_modules/.package-lock.json'));
  return (
    present !== undefined &&
    Object.entries(wanted.packages).every(([name, { version, optional = false }]) => {
      const { version: have } = present.packages[name] ?? {};
      return name === '' || have === version || (optional && have === undefined);
    })
  );
}

function readLock(file: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Lock;
  } catch {
    return undefined;
  }
}
