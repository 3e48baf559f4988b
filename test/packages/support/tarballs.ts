import { execFileSync } from 'node:child_process';

/** A package as it would be published. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  /** Where the tarball lies. */
  readonly tarball: string;
  /** It has types to be checked. */
  readonly types: boolean;
  /** It has no CommonJS. */
  readonly esmOnly: boolean;
}

/** All packages, packed once for all test files. */
export function packed(): readonly Packed[] {
  const said = process.env['ATOMSYNC_TARBALLS'];
  if (said === undefined)
    throw new Error(
      'Nothing is packed: run this by `npm run test:packages`, or with its jest configuration.',
    );
  return (JSON.parse(said) as { readonly packages: readonly Packed[] }).packages;
}

/** The tarballs of a package and of those of ours that it needs: what stands for its name in `npm install`. */
export function tarballsOf(...names: readonly string[]): string[] {
  const all = new Map(packed().map((pack) => [pack.name, pack]));
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const pack = all.get(name);
    if (pack === undefined)
      throw new Error(`${name} is not among what was packed: ${[...all.keys()].join(', ')}.`);
    if (wanted.has(pack.tarball)) return;
    wanted.add(pack.tarball);
    for (const dependency of Object.keys(manifestOf(pack).dependencies ?? {}))
      if (dependency.startsWith('@atomsync/')) want(dependency);
  };
  names.forEach(want);
  return [...wanted];
}

function manifestOf({ tarball }: Packed): { readonly dependencies?: Readonly<Record<string, string>> } {
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  return JSON.parse(text) as ReturnType<typeof manifestOf>;
}
