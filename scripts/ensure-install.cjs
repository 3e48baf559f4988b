'use strict';
/*
 * Runs before `npm start` and `npm test`, so that a fresh clone needs no other command:
 *
 *   node scripts/ensure-install.cjs           installs what package-lock.json names, when it is not there
 *   node scripts/ensure-install.cjs --build   … and compiles the packages and the todo app, when their sources have changed
 *
 * Plain JavaScript of an old standard without dependencies: it has to run before anything is installed, and
 * an old Node has to get as far as the line that says it is too old. Everything is written to stderr, so that
 * stdout stays clean for what comes after (`npm test -- --json`).
 */
var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var path = require('path');

var root = path.join(__dirname, '..');
var modules = path.join(root, 'node_modules');
var nodeStamp = path.join(modules, '.atomsync-node');
var buildStamp = path.join(modules, '.atomsync-build');
var todoStamp = path.join(modules, '.atomsync-todo');
var todo = path.join(root, 'apps', 'todo');
var angularStamp = path.join(modules, '.atomsync-angular');
var angular = path.join(root, 'libs', 'angular');
var leastNode = [20, 19];
var toolchain = [
  'better-sqlite3, the SQLite binding, is compiled here and needs a C++ compiler, make and Python 3:',
  '  Debian, Ubuntu   sudo apt-get install build-essential python3',
  '  Fedora           sudo dnf install gcc-c++ make python3',
  '  Alpine           apk add build-base python3',
  '  macOS            xcode-select --install',
  '  Windows          Visual Studio Build Tools with "Desktop development with C++"',
].join('\n');

/** What npm and node-gyp print, and what it means to someone who has just cloned the repository. */
var remedies = [
  {
    signs: /can only install packages when your package\.json and package-lock\.json/i,
    cause: 'package.json and package-lock.json do not agree.',
    remedy: 'Run `npm install` and commit the changed lock file.',
  },
  {
    signs: /ENOSPC/,
    cause: 'The disk is full.',
    remedy: 'About 600 MB are needed. Make room and try again.',
  },
  {
    signs: /EACCES|EPERM|EROFS/,
    cause: "This folder, or npm's cache, may not be written.",
    remedy: 'Check who owns node_modules and ~/.npm, and try again.',
  },
  {
    signs:
      /(make|g\+\+|c\+\+|cc|gcc|clang)(:| )[^\n]*not found|spawn make ENOENT|not found: make|find Python|find VS|xcode-select|No Xcode|CXX.*not found/i,
    cause: 'The C++ toolchain is missing, or not complete.',
    remedy: toolchain,
  },
  {
    signs: /ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ERR_SOCKET_TIMEOUT|network/i,
    cause: 'The package registry, or nodejs.org with the headers to compile against, cannot be reached.',
    remedy:
      'Check the connection, the proxy (npm config get proxy) and the registry (npm config get registry).',
  },
  { signs: /gyp ERR!/, cause: 'better-sqlite3 could not be compiled.', remedy: toolchain },
];

function say(text) {
  process.stderr.write(text + '\n');
}

function fail(cause, remedy) {
  say('\n' + cause + '\n' + remedy + '\n');
  process.exit(1);
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (_) {
    return undefined;
  }
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (_) {
    return undefined;
  }
}

function checkNode() {
  var have = process.versions.node.split('.').map(Number);
  var oldNode = have[0] < leastNode[0] || (have[0] === leastNode[0] && have[1] < leastNode[1]);
  if (oldNode) {
    fail(
      'This is Node ' + process.versions.node + '; Atomsync needs Node ' + leastNode.join('.') + ' or newer.',
      'Install it from https://nodejs.org, or with a version manager: `nvm install 20`, `fnm use 20`.',
    );
  }
}

/** npm writes node_modules/.package-lock.json last of all, so it also says that an install came to its end. */
function installedAsLocked() {
  var wanted = readJson(path.join(root, 'package-lock.json'));
  var present = readJson(path.join(modules, '.package-lock.json'));
  if (!wanted)
    fail('package-lock.json is missing or damaged.', 'Restore it: `git checkout package-lock.json`.');
  if (!present) return false;
  return Object.keys(wanted.packages).every(function (name) {
    var want = wanted.packages[name];
    var have = present.packages[name];
    if (name === '' || name.indexOf('node_modules/') === -1) return true;
    if (!have) return want.optional === true || want.devOptional === true;
    return have.version === want.version && have.resolved === (want.link ? want.resolved : have.resolved);
  });
}

/** A binding compiled for another Node does not load: the install has to be made again after changing Node. */
function thisNode() {
  return [process.versions.modules, process.platform, process.arch].join(' ');
}

function bindingLoads() {
  try {
    var Database = require(path.join(modules, 'better-sqlite3'));
    new Database(':memory:').close();
    return true;
  } catch (_) {
    return false;
  }
}

/** Calls `done(code, output)`; meanwhile a line says that something is under way, and for how long. */
function run(label, args, done, folder) {
  var began = Date.now();
  var tty = process.stderr.isTTY === true;
  var output = '';
  var child = childProcess.spawn(process.execPath, args, {
    cwd: folder || root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  var collect = function (chunk) {
    output += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  var tick = setInterval(
    function () {
      var line = label + ' ' + Math.round((Date.now() - began) / 1000) + ' s';
      process.stderr.write(tty ? '\r\x1b[2K' + line : line + '\n');
    },
    tty ? 1000 : 20000,
  );
  child.on('error', function (error) {
    collect(String(error));
  });
  child.on('close', function (code) {
    clearInterval(tick);
    if (tty) process.stderr.write('\r\x1b[2K');
    done(code === null ? 1 : code, output, Math.round((Date.now() - began) / 100) / 10);
  });
}

function npmCommand() {
  var self = process.env.npm_execpath;
  if (self && /npm-cli\.c?js$/.test(self)) return self;
  var beside = path.join(
    path.dirname(process.execPath),
    '..',
    'lib',
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  );
  if (fs.existsSync(beside)) return beside;
  return fail('npm was not found.', 'Run this through npm: `npm start` or `npm test`.');
}

function install(next) {
  say(
    'Installing the packages of package-lock.json (once; one to three minutes, SQLite is compiled on the way) …',
  );
  // The compiler is needed to start and to test, also where NODE_ENV=production would leave it out.
  var args = [npmCommand(), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  run('  installing …', args, function (code, output, seconds) {
    if (code !== 0) {
      var lines = output.trim().split('\n');
      // npm says what is wrong first, and a compiler that was called on the way says it last.
      say(
        '\n' + (lines.length <= 30 ? lines : lines.slice(0, 12).concat('  …', lines.slice(-18))).join('\n'),
      );
      var known = remedies.filter(function (remedy) {
        return remedy.signs.test(output);
      })[0];
      if (known) fail('The install failed. ' + known.cause, known.remedy);
      fail("The install failed; npm's last lines are above.", '`npm ci` shows all of it.');
    }
    if (!bindingLoads()) {
      fail(
        'Everything is installed, but better-sqlite3 does not load: its install script did not run or did not compile.',
        'If `npm config get ignore-scripts` says true: `npm rebuild better-sqlite3 --ignore-scripts=false`.\n' +
          toolchain,
      );
    }
    fs.writeFileSync(nodeStamp, thisNode());
    say('Installed in ' + seconds + ' s.');
    next();
  });
}

function ensureInstalled(next) {
  if (!installedAsLocked()) return install(next);
  if (readText(nodeStamp) !== thisNode()) {
    if (!bindingLoads()) return install(next);
    fs.writeFileSync(nodeStamp, thisNode());
  }
  return next();
}

function filesBelow(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce(function (files, entry) {
    var full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? files : files.concat(filesBelow(full));
    return files.concat(full);
  }, []);
}

/** The projects named in tsconfig.build.json, and after them those that they refer to. */
function projects() {
  var found = [];
  function visit(folder) {
    if (found.indexOf(folder) !== -1) return;
    found.push(folder);
    var config = readJson(path.join(folder, 'tsconfig.json'));
    ((config && config.references) || []).forEach(function (reference) {
      visit(path.resolve(folder, reference.path));
    });
  }
  readJson(path.join(root, 'tsconfig.build.json')).references.forEach(function (reference) {
    visit(path.resolve(root, reference.path));
  });
  return found;
}

/** Names, sizes and times of all that goes into the build and comes out of it. */
function buildFingerprint() {
  var hash = crypto.createHash('sha256');
  var files = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json', 'scripts/build-esm.cjs'].map(
    function (name) {
      return path.join(root, name);
    },
  );
  projects().forEach(function (folder) {
    files.push(path.join(folder, 'tsconfig.json'), path.join(folder, 'package.json'));
    ['src', 'dist'].forEach(function (part) {
      var below = path.join(folder, part);
      if (fs.existsSync(below)) files = files.concat(filesBelow(below));
    });
  });
  files.sort().forEach(function (file) {
    if (!fs.existsSync(file)) return;
    var stat = fs.statSync(file);
    hash.update(path.relative(root, file) + '\0' + stat.size + '\0' + stat.mtimeMs + '\n');
  });
  return hash.digest('hex');
}

function ensureBuilt(next) {
  if (readText(buildStamp) === buildFingerprint()) return next();
  // The compiler trusts its notes and would not miss a dist folder that somebody has removed.
  projects().forEach(function (folder) {
    var notes = path.join(folder, '.tsbuildinfo');
    if (!fs.existsSync(path.join(folder, 'dist')) && fs.existsSync(notes)) fs.unlinkSync(notes);
  });
  say('Compiling (about ten seconds the first time) …');
  var tsc = path.join(modules, 'typescript', 'bin', 'tsc');
  var colour = process.stderr.isTTY ? ['--pretty'] : [];
  run('  compiling …', [tsc, '-b', 'tsconfig.build.json'].concat(colour), function (code, output, seconds) {
    if (code !== 0) {
      say('\n' + output.trim());
      fail(
        "The packages do not compile; the compiler's messages are above.",
        'After mending: the same command again.',
      );
    }
    run('  compiling …', [path.join(root, 'scripts', 'build-esm.cjs')], function (esmCode, esmOutput, more) {
      if (esmCode !== 0)
        fail(
          'The ES modules were not written: ' + esmOutput.trim(),
          'After mending: the same command again.',
        );
      fs.writeFileSync(buildStamp, buildFingerprint());
      say('Compiled in ' + Math.round((seconds + more) * 10) / 10 + ' s.');
      next();
    });
  });
}

/** A digest of what files say, and those below folders; maps apart. */
function contentsOf(files, folders) {
  folders.forEach(function (folder) {
    if (fs.existsSync(folder)) files = files.concat(filesBelow(folder));
  });
  var hash = crypto.createHash('sha256');
  files
    .filter(function (file) {
      return !/\.map$/.test(file) && fs.existsSync(file);
    })
    .sort()
    .forEach(function (file) {
      hash.update(path.relative(root, file) + '\0').update(fs.readFileSync(file));
    });
  return hash.digest('hex');
}

/** What goes into libs/angular and comes out of it. Of the packages it builds on, it takes nothing in but names. */
function angularFingerprint() {
  var below = function (name) {
    return path.join(angular, name);
  };
  return contentsOf(
    ['ng-package.json', 'package.json', 'tsconfig.lib.json']
      .map(below)
      .concat(path.join(root, 'package-lock.json'), path.join(root, 'scripts', 'build-angular.cjs')),
    ['src', 'testing', 'dist'].map(below),
  );
}

function ensureAngular(next) {
  if (readText(angularStamp) === angularFingerprint()) return next();
  say('Compiling the Angular package (about fifteen seconds) …');
  run('  compiling …', [path.join(root, 'scripts', 'build-angular.cjs')], function (code, output, seconds) {
    if (code !== 0) {
      say('\n' + output.trim());
      fail(
        "The Angular package does not compile; the compiler's messages are above.",
        'After mending: the same command again.',
      );
    }
    fs.writeFileSync(angularStamp, angularFingerprint());
    say('Compiled in ' + seconds + ' s.');
    next();
  });
}

/** The contents of all that goes into the app, the packages as bundlers get them among it; and what came out of it. */
function todoFingerprint() {
  var files = ['angular.json', 'package.json', 'tsconfig.json'].map(function (name) {
    return path.join(todo, name);
  });
  files.push(path.join(root, 'package-lock.json'));
  var folders = ['src', 'public', 'dist'].map(function (name) {
    return path.join(todo, name);
  });
  ['atom', 'protocol', 'client'].forEach(function (lib) {
    folders.push(path.join(root, 'libs', lib, 'dist', 'esm'));
  });
  folders.push(path.join(root, 'libs', 'angular', 'dist'));
  return contentsOf(files, folders);
}

function ensureTodoApp(next) {
  if (readText(todoStamp) === todoFingerprint()) return next();
  say('Building the todo app (about ten seconds the first time) …');
  var ng = path.join(modules, '@angular', 'cli', 'bin', 'ng.js');
  run(
    '  building …',
    [ng, 'build'],
    function (code, output, seconds) {
      if (code !== 0) {
        say('\n' + output.trim());
        fail(
          "The todo app does not compile; the compiler's messages are above.",
          'After mending: the same command again.',
        );
      }
      if (/WARNING/.test(output)) say('\n' + output.trim());
      fs.writeFileSync(todoStamp, todoFingerprint());
      say('Built in ' + seconds + ' s.');
      next();
    },
    todo,
  );
}

checkNode();
ensureInstalled(function () {
  if (process.argv.indexOf('--build') === -1) return;
  ensureBuilt(function () {
    ensureAngular(function () {
      ensureTodoApp(function () {});
    });
  });
});
