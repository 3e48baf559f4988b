import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../../..');

/** Where an Angular lies: the one that all else here knows, and the oldest that is supported. */
export const ANGULAR = { '21': ROOT, '20': join(ROOT, 'scripts/angular-compiler') } as const;

/**
 * A page as the Angular CLI makes it for production: compiled ahead of time, and the packages, as they are published,
 * linked. In a process of its own, because Angular's compiler is an ES module.
 */
export async function bundleAngular(
  entry: string,
  version: keyof typeof ANGULAR,
  format = 'iife',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atomsync-page-'));
  const outfile = join(folder, 'page.mjs');
  try {
    const script = join(__dirname, 'compile-page.mjs');
    await new Promise<void>((done, failed) => {
      execFile(
        process.execPath,
        [script, entry, outfile, ANGULAR[version], format],
        { cwd: ROOT },
        (error, stdout, stderr) =>
          error ? failed(new Error(`${stdout}${stderr}` || error.message)) : done(),
      );
    });
    return await readFile(outfile, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
