'use strict';
/*
 * Writes what bundlers get: the sources of the packages that run in browsers as ES modules, file by file into
 * `dist/esm`, so that what is not imported is left out. Node itself gets the CommonJS of `dist`, whether it
 * imports or requires: two copies of a package in one process would not know each other's atoms and keywords.
 */
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('fs');
const { basename, dirname, join, relative, sep } = require('path');
const ts = require('typescript');

const root = join(__dirname, '..');
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const base = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;

/** Relative imports with the extension that the file has in the end. */
const withExtensions = (context) => (file) => {
  const visit = (node) => {
    const isStep =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier?.text.startsWith('.');
    if (!isStep) return node;
    const to = ts.factory.createStringLiteral(`${node.moduleSpecifier.text}.mjs`, true);
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

function build(lib, esm) {
  const src = join(root, 'libs', lib, 'src');
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
      transformers: { after: [withExtensions] },
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

for (const lib of ['atom', 'protocol', 'client']) {
  const esm = join(root, 'libs', lib, 'dist', 'esm');
  rmSync(esm, { recursive: true, force: true });
  if (!process.argv.includes('--clean')) build(lib, esm);
}
