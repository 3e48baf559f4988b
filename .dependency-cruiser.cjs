/*
 * The directions of the house: apps → angular, server → client → atom, protocol.
 * `npm run lint:imports` checks them; test/tooling/import-directions.test.ts proves that each rule bites.
 */

const { builtinModules } = require('module');

const packageSource = (name) => `^libs/${name}/`;
const otherLibs = (...allowed) => ({ path: '^libs/', pathNot: allowed.map(packageSource) });
const outside = (...names) => names.map((name) => `(^|/)node_modules/${name}(/|$)`);

/** rxjs, Nest, TypeORM and sockets: what a pure decision has no business with. */
const effects = outside(
  'rxjs',
  'rxjs-websockets',
  '@nestjs',
  'typeorm',
  'ws',
  'better-sqlite3',
  'localforage',
);

const builtins = `^(node:)?(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`;

const pureDecisions = [
  '^libs/protocol/src/',
  '^libs/[^/]+/src(/|/.+/)(patch|rebase|decide|decode|merge|backoff|connection-state)[^/]*[.]ts$',
];

const mayImport = (name, ...allowed) => ({
  name: `${name}-imports-${allowed.join('-and-') || 'no-other-lib'}`,
  comment: `libs/${name} may import ${allowed.join(', ') || 'no other lib'}.`,
  severity: 'error',
  from: { path: `^libs/${name}/(testing/)?src/` },
  to: otherLibs(name, ...allowed),
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Files that import each other in a ring cannot be read, or loaded, one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    mayImport('atom'),
    mayImport('protocol'),
    mayImport('client', 'atom', 'protocol'),
    mayImport('server', 'atom', 'protocol'),
    mayImport('angular', 'client', 'atom', 'protocol'),
    mayImport('testing', 'client', 'server', 'atom', 'protocol'),
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'packages-meet-at-their-index',
      comment: 'Another package is imported by its name, never by a file inside it.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/src/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: ['^$1/$2/src/', '^libs/[^/]+/src/(index|node|browser|http|json)[.]ts$'],
      },
    },
    {
      name: 'no-barrel-inside-a-package',
      comment:
        'Inside a package import the file, not the index: the index imports all, so it is a ring in waiting.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: '^libs/[^/]+/src/(index|node|browser|http|json)[.]ts$' },
      to: { path: '^libs/$1/src/index[.]ts$' },
    },
    {
      name: 'no-tests-in-source',
      severity: 'error',
      from: { path: '^(libs|apps)/[^/]+/src/' },
      to: { path: '(^|/)test/|[.]test[.]ts$' },
    },
    {
      name: 'decisions-are-pure',
      comment:
        'patch, rebase, decide, decode, merge, backoff, connection states and the wire are functions of values.',
      severity: 'error',
      from: { path: pureDecisions },
      to: { path: effects },
    },
    {
      name: 'decisions-know-no-node',
      severity: 'error',
      from: { path: pureDecisions },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sockets-in-the-transport-only',
      comment:
        'Sockets appear in the transport of the client and in the gateway of the server, nowhere else.',
      severity: 'error',
      from: {
        path: '^libs/[^/]+/src/',
        pathNot: [
          '^libs/client/src/connection/[^/]*(transport|socket)[^/]*[.]ts$',
          '^libs/server/src(/|/.+/)[^/]*gateway[^/]*[.]ts$',
          '^libs/server/src/nest/ws-[^/]+[.]ts$',
        ],
      },
      to: { path: outside('ws', '@types/ws', 'rxjs-websockets') },
    },
    {
      name: 'typeorm-in-its-store-only',
      comment: 'TypeORM appears in its entities, its store and the module, nowhere else.',
      severity: 'error',
      from: {
        path: '^libs/[^/]+/src/',
        pathNot: ['^libs/server/src/store/typeorm/', '^libs/server/src(/|/.+/)[^/]*[.-]module[^/]*[.]ts$'],
      },
      to: { path: outside('typeorm', 'better-sqlite3', '@types/better-sqlite3', 'pg') },
    },
    {
      name: 'nest-in-the-server-only',
      severity: 'error',
      from: { path: '^libs/(atom|protocol|client|angular)/(testing/)?src/' },
      to: { path: outside('@nestjs') },
    },
    {
      name: 'no-node-in-browser-packages',
      comment:
        'atom and protocol run in browsers; so does the client, but for the file store and the Node entry.',
      severity: 'error',
      from: {
        path: '^libs/(atom|protocol|client|angular)/(testing/)?src/',
        pathNot: ['^libs/client/src/store/', '^libs/client/src(/|/.+/)[^/]*node[^/]*[.]ts$'],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-node-from-the-browser-entry',
      comment:
        "A bundler follows every import of index.ts: the file store is reached through the package's Node entry.",
      severity: 'error',
      from: { path: '^libs/(atom|protocol|client|angular)/src/index[.]ts$' },
      // Of https there are types alone, which no bundler sees: `no-node-in-browser-packages` says where.
      to: { reachable: true, path: builtins, pathNot: '^(node:)?https$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|apps)/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
