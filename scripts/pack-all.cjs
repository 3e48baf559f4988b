'use strict';
/*
 * Packs what is published, as `npm publish` would:
 *
 *   node scripts/pack-all.cjs [folder]   tarballs into the folder, `packages` by default, and checks them
 *
 * The packages have to be built before; `npm run pack:all` sees to it.
 */
const { execFile } = require('child_process');
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } = require('fs');
const { join, resolve } = require('path');
const { promisify } = require('util');
const { checkAll } = require('./pack-check.cjs');

const root = join(__dirname, '..');
const readManifest = (home) => JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));

/** The folders that are packed: libraries and the command. */
function publishedFolders() {
  const libs = readdirSync(join(root, 'libs')).map((lib) => join(root, 'libs', lib));
  return [...libs, join(root, 'apps', 'cli')]
    .filter((home) => existsSync(join(home, 'package.json')) && !readManifest(home).private)
    .map((home) => {
      if (existsSync(join(home, 'dist'))) return home;
      throw new Error(
        `${readManifest(home).name} has no dist: build it by \`npm run build\` before it is packed.`,
      );
    });
}

async function pack(home, folder) {
  const { name, version, bin, exports: entries } = readManifest(home);
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
    { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  const tarball = join(folder, stdout.trim().split('\n').pop());
  // The Angular package format has no CommonJS.
  const esmOnly = /fesm\d+/.test(JSON.stringify(entries ?? {}));
  return { name, version, tarball, types: bin === undefined, esmOnly };
}

/** Packs all that is published into a folder. @returns name, version and tarball of each, in the order of names */
async function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const packages = await Promise.all(publishedFolders().map((home) => pack(home, folder)));
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

module.exports = { packAll };

if (require.main === module) {
  const folder = resolve(process.argv[2] ?? join(root, 'packages'));
  if (existsSync(folder)) {
    for (const file of readdirSync(folder)) if (/^atomsync-.*\.tgz$/.test(file)) rmSync(join(folder, file));
  }
  packAll(folder)
    .then(async (packages) => {
      process.exitCode = (await checkAll(packages)) ? 0 : 1;
      for (const { name, version, tarball } of packages) console.log(`${name}@${version}  ${tarball}`);
    })
    .catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
}
