'use strict';
/* Packs every published package and checks the tarball as a user would get it: publint and are-the-types-wrong. */
const { execFileSync, spawnSync } = require('child_process');
const { mkdtempSync, readdirSync, readFileSync, existsSync, rmSync } = require('fs');
const { tmpdir } = require('os');
const { join } = require('path');

const root = join(__dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const folder = mkdtempSync(join(tmpdir(), 'atomsync-pack-'));
let failed = 0;

const check = (what, command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}`);
  if (status !== 0) {
    failed++;
    console.log(stdout + stderr);
  }
};

try {
  for (const lib of readdirSync(join(root, 'libs'))) {
    const home = join(root, 'libs', lib);
    if (!existsSync(join(home, 'package.json'))) continue;
    const { name, private: internal } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    if (internal) continue;
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: home,
      encoding: 'utf8',
    });
    const tarball = join(folder, packed.trim().split('\n').pop());
    const strange = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter(
        (file) => !/^package\/(dist\/.+\.(m?js|d\.m?ts|map)|package\.json|README\.md|LICENSE)$/.test(file),
      );
    check(
      `${name}: only what is meant to be in it ${strange.join(' ')}`,
      strange.length ? 'false' : 'true',
      [],
    );
    check(`${name}: publint`, bin('publint'), ['run', tarball, '--strict']);
    check(`${name}: are the types wrong`, bin('attw'), [
      tarball,
      '--profile',
      'node16',
      '--no-emoji',
      '--no-color',
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
