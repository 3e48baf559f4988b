'use strict';
/*
 * Writes what bundlers get: the sources of the packages that run in browsers as ES modules, file by file into
 * `dist/esm`, so that what is not imported is left out. Node itself gets the CommonJS of `dist`, whether it
 * imports or requires: two copies of a package in one process would not know each other's atoms and keywords.
 *
 * What a package needs in browsers and what has no ES module of its own goes into `dist/esm/vendor`, as one, with its
 * licence: bundlers warn of CommonJS, and production builds of Angular count warnings. Node takes it from
 * node_modules, where it may be replaced.
 */
const { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('fs');
const { basename, dirname, join, relative, sep } = require('path');
const esbuild = require('esbuild');
const ts = require('typescript');

const root = join(__dirname, '..');
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const base = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;

/** By package, the sources of those that publish no ES module. */
const vendored = { client: { localforage: 'localforage/src/localforage.js' } };

/** Localforage brings a Promise along for browsers that have none, by `require`; there are none that run the rest. */
const withOwnPromise = {
  name: 'with-own-promise',
  setup: (bundler) =>
    bundler.onLoad({ filter: /localforage[\\/]src[\\/]utils[\\/]promise\.js$/ }, () => ({
      contents: 'export default Promise;',
    })),
};

/** Where an import leads in the end: relative ones to the file with its extension, vendored ones to what stands for them. */
const target = (specifier, { folder, esm, vendor }) => {
  if (specifier.startsWith('.')) return `${specifier}.mjs`;
  if (!Object.hasOwn(vendor, specifier)) return undefined;
  const path = relative(folder, join(esm, 'vendor', `${specifier}.mjs`))
    .split(sep)
    .join('/');
  return path.startsWith('.') ? path : `./${path}`;
};

const withTargets = (place) => (context) => (file) => {
  const visit = (node) => {
    const isStep =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined;
    const end = isStep ? target(node.moduleSpecifier.text, place) : undefined;
    if (end === undefined) return node;
    const to = ts.factory.createStringLiteral(end, true);
    return ts.isImportDeclaration(node)
      ? ts.factory.updateImportDeclaration(node, node.modifiers, node.importClause, to, node.attributes)
      : ts.factory.updateExportDeclaration(
          node,
          node.modifiers,
          node.isTypeOnly,
          node.exportClause,
          to,
          node.attributes,
        );
  };
  return ts.visitEachChild(file, visit, context);
};

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function writeVendored(vendor, esm) {
  for (const [name, entry] of Object.entries(vendor)) {
    const home = join(root, 'node_modules', name);
    const {
      version,
      license,
      homepage = name,
    } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    await esbuild.build({
      stdin: { contents: `export { default } from '${entry}';`, resolveDir: root },
      banner: {
        js: `/*! ${name} ${version}, ${license}, ${homepage}. The licence is in ${name}.LICENSE. */`,
      },
      outfile: join(esm, 'vendor', `${name}.mjs`),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      plugins: [withOwnPromise],
      logLevel: 'error',
    });
    copyFileSync(join(home, 'LICENSE'), join(esm, 'vendor', `${name}.LICENSE`));
  }
}

async function build(lib, esm) {
  const src = join(root, 'libs', lib, 'src');
  const vendor = vendored[lib] ?? {};
  await writeVendored(vendor, esm);
  for (const name of readdirSync(src, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const out = join(esm, name.replace(/\.ts$/, '.mjs'));
    const { outputText, sourceMapText } = ts.transpileModule(readFileSync(join(src, name), 'utf8'), {
      fileName: join(src, name.replace(/\.ts$/, '.mts')),
      compilerOptions: {
        ...base,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        // The sources are not in the package.
        inlineSources: true,
        declarationMap: false,
      },
      transformers: { after: [withTargets({ folder: dirname(out), esm, vendor })] },
    });
    const map = {
      ...JSON.parse(sourceMapText),
      sources: [relative(dirname(out), join(src, name)).split(sep).join('/')],
    };
    write(out, outputText);
    write(`${out}.map`, JSON.stringify(map));
  }
  const { exports: entries } = JSON.parse(readFileSync(join(root, 'libs', lib, 'package.json'), 'utf8'));
  for (const { import: entry } of Object.values(entries)) {
    if (entry)
      write(
        join(root, 'libs', lib, entry.types),
        `export * from '../${basename(entry.types, '.d.mts')}.js';\n`,
      );
  }
}

async function main() {
  for (const lib of ['atom', 'protocol', 'client']) {
    const esm = join(root, 'libs', lib, 'dist', 'esm');
    rmSync(esm, { recursive: true, force: true });
    if (!process.argv.includes('--clean')) await build(lib, esm);
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
