import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Compiles ahead of time, as strictly as Angular can: the JavaScript of each file, by its path. Packages are taken as
 * they are published.
 *
 * @param home in whose node_modules the Angular to be used lies
 */
export async function compileAngular(rootNames, home, types = ['node']) {
  const compilerCli = createRequire(join(home, 'package.json')).resolve('@angular/compiler-cli');
  const { performCompilation, createCompilerHost, formatDiagnostics } = await import(
    pathToFileURL(compilerCli).href
  );
  const options = {
    target: 9, // ES2022
    module: 99, // ESNext
    moduleResolution: 100, // Bundler
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    isolatedModules: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    types,
    typeRoots: [resolve('node_modules/@types')],
    baseUrl: '.',
    paths: { '@angular/*': [join(home, 'node_modules/@angular/*')] },
    strictTemplates: true,
    inlineSourceMap: true,
    inlineSources: true,
    rootDir: '/',
  };
  const files = new Map();
  const host = createCompilerHost({ options });
  host.writeFile = (name, data, _bom, _error, sources) => {
    if (!name.endsWith('.d.ts')) for (const { fileName } of sources ?? []) files.set(resolve(fileName), data);
  };
  const { diagnostics } = performCompilation({ rootNames, options, host });
  const errors = diagnostics.filter(({ category }) => category === 1);
  if (errors.length > 0) throw new Error(formatDiagnostics(errors));
  return files;
}
