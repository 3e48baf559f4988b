import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const LIB_SOURCE = /^(.+[\\/]libs[\\/][^\\/]+)[\\/]src[\\/].+\.ts$/;

/** The name under which a page finds what its entry exports. */
export const PAGE_GLOBAL = 'page';

export interface BundleOptions {
  /** Minified, and without what libraries do in development alone. */
  readonly production?: boolean;
}

/** One script of a page's TypeScript entry with all that it imports, as a user's bundler makes it for browsers. */
export async function bundlePage(entry: string, { production = false }: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: PAGE_GLOBAL,
    platform: 'browser',
    target: 'es2022',
    // With it, esbuild also has NODE_ENV say 'production'.
    minify: production,
    sourcemap: production ? false : 'inline',
    // The tests' own: its `paths` lead to the packages' sources.
    tsconfig: join(ROOT, 'tsconfig.json'),
    plugins: [browserFields],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** A package's `browser` field names files in `dist`; this applies it to the sources they are made of. */
const browserFields: Plugin = {
  name: 'browser-fields-of-sources',
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === browserFields || !LIB_SOURCE.test(from.importer)) return undefined;
      const found = await bundler.resolve(path, {
        importer: from.importer,
        resolveDir: from.resolveDir,
        kind: from.kind,
        pluginData: browserFields,
      });
      const home = LIB_SOURCE.exec(found.path)?.[1];
      return home === undefined ? found : { ...found, path: inBrowser(home, found.path) };
    });
  },
};

function inBrowser(home: string, source: string): string {
  const { browser = {} } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly browser?: Readonly<Record<string, string>>;
  };
  const inside = relative(join(home, 'src'), source).split(sep).join('/');
  const other = browser[`./dist/${inside.replace(/\.ts$/, '.js')}`];
  return other === undefined ? source : join(home, other.replace('./dist/', 'src/').replace(/\.js$/, '.ts'));
}
