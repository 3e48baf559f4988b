import { buildSync } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Within `node_modules`, so that what is compiled finds the packages. */
const CACHE = join(ROOT, 'node_modules/.cache/atomsync-processes');
const compiled = new Map<string, string>();

/**
 * A TypeScript program as one file that Node starts at once: compiling on the way costs every process a second. The
 * packages stay outside of it; they are the built ones.
 */
export function compiledProcess(entry: string): string {
  const known = compiled.get(entry);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    sourcemap: 'inline',
    // Without it, `paths` would lead to the packages' sources.
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  const { contents } = outputFiles[0]!;
  const name = `${basename(entry, '.ts')}-${createHash('sha1').update(contents).digest('hex')}.cjs`;
  const file = join(CACHE, name);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    // Another worker may be reading it: it is there whole, or not at all.
    const part = `${file}.${process.pid}`;
    writeFileSync(part, contents);
    renameSync(part, file);
  }
  compiled.set(entry, file);
  return file;
}
