/*
 * Bundles one page as the Angular CLI does for production: its TypeScript through Angular's compiler, packages through
 * the linker, all of it through esbuild.
 *
 *   node compile-page.mjs ENTRY OUTFILE HOME [iife|esm]
 *
 * HOME is the folder in whose node_modules the Angular to be used lies. With `esm` the bundle is for Node.
 */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileAngular } from './compile-angular.mjs';

const [entry, outfile, home, format = 'iife'] = process.argv.slice(2);
const required = createRequire(join(home, 'package.json'));
const load = (name) => import(pathToFileURL(required.resolve(name)).href);
const { needsLinking } = await load('@angular/compiler-cli/linker');
const { createEs2015LinkerPlugin } = await load('@angular/compiler-cli/linker/babel');
const babel = (await load('@babel/core')).default;

const angular = (files) => ({
  name: 'angular',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@angular\// }, ({ path, kind, pluginData }) =>
      pluginData === 'at home'
        ? undefined
        : bundler.resolve(path, { kind, resolveDir: home, pluginData: 'at home' }),
    );
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      files.has(path) ? { contents: files.get(path), loader: 'js', resolveDir: dirname(path) } : undefined,
    );
    bundler.onLoad({ filter: /fesm2022[\\/].+\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!needsLinking(path, source)) return { contents: source, loader: 'js' };
      const linker = createEs2015LinkerPlugin({
        fileSystem: { resolve, exists: () => false, dirname, relative: () => '', readFile: () => '' },
        logger: { level: 1, debug() {}, info() {}, warn() {}, error: console.error },
        linkerJitMode: false,
        sourceMapping: false,
      });
      const { code } = await babel.transformAsync(source, {
        filename: path,
        plugins: [linker],
        compact: false,
        configFile: false,
        babelrc: false,
      });
      return { contents: code, loader: 'js' };
    });
  },
});

try {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format,
    globalName: 'page',
    platform: format === 'esm' ? 'node' : 'browser',
    target: 'es2022',
    minifySyntax: true,
    define: { ngDevMode: 'false', ngJitMode: 'false', 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: {},
    plugins: [angular(await compileAngular([resolve(entry)], home))],
    logLevel: 'error',
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
