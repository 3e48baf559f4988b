'use strict';
/*
 * Compiles libs/angular to the Angular package format, with the oldest Angular that it supports. What comes out lies
 * in `dist`, and the package's own package.json names it: the manifests that ng-packagr writes are for packages that
 * are published from `dist`.
 */
const { spawnSync } = require('child_process');
const { rmSync } = require('fs');
const { join } = require('path');

const root = join(__dirname, '..');
const lib = join(root, 'libs', 'angular');
const dist = join(lib, 'dist');

function build() {
  const packagr = require.resolve('ng-packagr/src/cli/main.js', {
    paths: [join(__dirname, 'angular-compiler')],
  });
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [packagr, '-p', join(lib, 'ng-package.json'), '-c', join(lib, 'tsconfig.lib.json')],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NG_BUILD_CACHE: '0' } },
  );
  if (status !== 0) {
    process.stderr.write(error ? String(error) : stdout + stderr);
    return 1;
  }
  for (const extra of ['package.json', 'testing/package.json', '.npmignore', 'README.md', 'LICENSE'])
    rmSync(join(dist, extra), { force: true });
  return 0;
}

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
else process.exitCode = build();
