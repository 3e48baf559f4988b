'use strict';
/*
 * What a tarball must be before it is published, one implementation for `npm run pack:check` (which packs into a
 * folder of its own and keeps nothing), `npm run pack:all` (which keeps the tarballs) and the tests of the packages.
 */
const { execFile } = require('child_process');
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('fs');
const { homedir, tmpdir } = require('os');
const { join, sep } = require('path');

const root = join(__dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const fileNames = /^(package\.json|README\.md|LICENSE|dist\/.+\.(m?js|d\.m?ts|map|LICENSE))$/;

/** Runs a program to its end. `problems` has its words where it failed. */
const run = (command, args) =>
  new Promise((done) => {
    execFile(command, args, { cwd: root, encoding: 'utf8' }, (error, stdout, stderr) =>
      done(error ? [`${stdout}${stderr}`.trim() || error.message] : []),
    );
  });

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    );

/** Every string of `exports` and the like that names a file of the package. */
const namedFiles = (value) =>
  typeof value === 'string'
    ? value.startsWith('.')
      ? [value]
      : []
    : Object.values(value ?? {}).flatMap((part) => namedFiles(part));

/** What is wrong with the manifest, as a list of sentences. */
function manifestProblems(manifest, files) {
  const { name, exports: entries = {}, main, types, bin: commands, browser, sideEffects } = manifest;
  const wanted = [...namedFiles([entries, main, types, commands, Object.values(browser ?? {})])];
  const missing = wanted.map((file) => file.replace(/^\.\//, '')).filter((file) => !files.includes(file));
  const isCommand = commands !== undefined;
  return [
    ...['name', 'version', 'description', 'license', 'engines'].filter((field) => !manifest[field]),
    ...(isCommand || Object.keys(entries).length > 0 ? [] : ['exports']),
    ...(isCommand || typeof sideEffects === 'boolean' ? [] : ['sideEffects']),
    ...(isCommand || JSON.stringify(entries['.'] ?? {}).includes('"types"') ? [] : ['types of its exports']),
  ]
    .map((field) => `package.json of ${name} has no ${field}. Add it.`)
    .concat(missing.map((file) => `package.json names ${file}, which is not in the tarball.`));
}

/** What names the machine that built it, or a registry: nothing that belongs into a package. */
function tracesOf(text, file) {
  const hosts = [/\bregistry\.[a-z0-9-]+\.(?:org|com|dev|io|net)\b/i, /"resolved"\s*:/];
  const places = [root, homedir(), '/home/runner/', '/Users/', ':\\\\Users\\\\'];
  // A home directory of one letter ('/') or none would be found everywhere.
  const found = places.filter((place) => place.length > 4 && text.includes(place));
  return [...found, ...hosts.flatMap((host) => host.exec(text)?.[0] ?? [])].map(
    (trace) => `${file} contains ${trace}: the path of a machine, or the name of a registry.`,
  );
}

/** What can be told by looking into the tarball, as a list of sentences. */
async function contentProblems(tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'atomsync-tarball-'));
  try {
    const broken = await run('tar', ['-xzf', tarball, '-C', folder]);
    if (broken.length > 0) return broken;
    const home = join(folder, 'package');
    const files = filesBelow(home);
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    return [
      ...['README.md', 'LICENSE']
        .filter((file) => !files.includes(file))
        .map((file) => `It has no ${file}: put one beside its package.json.`),
      ...files
        .filter((file) => !fileNames.test(file))
        .map((file) => `${file} is in it, which is of no use to those who install it.`),
      ...(files.some((file) => /\.m?js$/.test(file))
        ? []
        : ['There is no code in it: build it before it is packed.']),
      ...manifestProblems(manifest, files),
      ...files.flatMap((file) => tracesOf(readFileSync(join(home, file), 'utf8'), file)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The checks of a package by name, each a promise of what is wrong: a list of sentences, empty where all is well. */
function checksOf({ tarball, types, esmOnly }) {
  const profile = esmOnly ? ['--profile', 'esm-only'] : [];
  return {
    'what is in it': () => contentProblems(tarball),
    publint: () => run(bin('publint'), ['run', tarball, '--strict']),
    // A command has no types to be wrong.
    ...(types && {
      'are the types wrong': () => run(bin('attw'), [tarball, ...profile, '--no-emoji', '--no-color']),
    }),
  };
}

/** Runs all checks of all packages and says how each went. @returns whether all is well */
async function checkAll(packages, say = console.log) {
  let failed = 0;
  const waiting = packages.flatMap((pack) =>
    Object.entries(checksOf(pack)).map(([what, check]) => ({ title: `${pack.name}: ${what}`, check })),
  );
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const problems = await next.check();
      if (problems.length > 0) failed++;
      say([`${problems.length > 0 ? 'FAILED' : 'ok    '} ${next.title}`, ...problems].join('\n'));
    }
  };
  await Promise.all([worker(), worker()]);
  return failed === 0;
}

module.exports = { checkAll, checksOf, contentProblems };

if (require.main === module) {
  const { packAll } = require('./pack-all.cjs');
  const folder = mkdtempSync(join(tmpdir(), 'atomsync-pack-'));
  packAll(folder)
    .then((packages) => checkAll(packages))
    .then((well) => (process.exitCode = well ? 0 : 1))
    .catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    })
    .finally(() => rmSync(folder, { recursive: true, force: true }));
}
