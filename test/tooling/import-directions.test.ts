import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** One file per line: where it lies, what it imports, and the rules of .dependency-cruiser.cjs it breaks. */
const planted: [file: string, source: string, ...broken: string[]][] = [
  ['libs/atom/src/index.ts', `export const atom = 1;`],
  ['libs/client/src/index.ts', `export * from './sync';`],
  ['libs/client/src/sync.ts', `import '@atomsync/atom'; import 'rxjs'; export const sync = 1;`],
  ['libs/client/src/connection/web-socket-transport.ts', `import 'ws'; import 'rxjs-websockets';`],
  ['libs/client/src/store/file-store.ts', `import 'node:fs';`],
  ['libs/server/src/index.ts', `import '@atomsync/protocol'; export const server = 1;`],
  ['libs/server/src/gateway.ts', `import 'ws'; import 'node:http'; import '@nestjs/common';`],
  ['libs/server/src/store/typeorm/doc.entity.ts', `import 'typeorm';`],
  ['libs/server/src/atom-sync.module.ts', `import 'typeorm'; import '@nestjs/common';`],
  ['apps/server/src/main.ts', `import '@atomsync/server'; export const main = 1;`],

  ['libs/atom/src/up.ts', `import '@atomsync/protocol';`, 'atom-imports-no-other-lib'],
  ['libs/protocol/src/up.ts', `import '@atomsync/atom';`, 'protocol-imports-no-other-lib'],
  ['libs/client/src/up.ts', `import '@atomsync/server';`, 'client-imports-atom-and-protocol'],
  ['libs/server/src/up.ts', `import '@atomsync/client';`, 'server-imports-atom-and-protocol'],
  ['libs/server/src/types.ts', `import type {} from '@atomsync/client';`, 'server-imports-atom-and-protocol'],
  ['libs/client/src/app.ts', `import '../../../apps/server/src/main';`, 'no-lib-imports-an-app'],
  ['libs/client/src/deep.ts', `import '../../atom/src/leaf';`, 'packages-meet-at-their-index'],
  ['libs/atom/src/leaf.ts', `export const leaf = 1;`],
  ['libs/client/src/barrel.ts', `import './index';`, 'no-barrel-inside-a-package'],
  ['libs/atom/src/ring-a.ts', `import './ring-b';`, 'no-cycle'],
  ['libs/atom/src/ring-b.ts', `import './ring-a';`], // a ring is reported once
  ['libs/atom/src/nowhere.ts', `import './not-there';`, 'resolvable'],
  ['libs/client/src/rebase/rebase.ts', `import 'rxjs';`, 'decisions-are-pure'],
  ['libs/server/src/decide.ts', `import '@nestjs/common';`, 'decisions-are-pure'],
  ['libs/server/src/decide-times.ts', `import 'node:crypto';`, 'decisions-know-no-node'],
  ['libs/protocol/src/stream.ts', `import 'rxjs';`, 'decisions-are-pure'],
  ['libs/client/src/connection/backoff.ts', `import type {} from 'rxjs';`, 'decisions-are-pure'],
  ['libs/client/src/socket.ts', `import 'ws';`, 'sockets-in-the-transport-only'],
  ['libs/server/src/feed.ts', `import 'ws';`, 'sockets-in-the-transport-only'],
  ['libs/server/src/group.ts', `import 'typeorm';`, 'typeorm-in-its-store-only'],
  ['libs/server/src/store/memory/store.ts', `import 'typeorm';`, 'typeorm-in-its-store-only'],
  ['libs/client/src/nest.ts', `import '@nestjs/common';`, 'nest-in-the-server-only'],
  ['libs/atom/src/path.ts', `import 'node:path';`, 'no-node-in-browser-packages'],
  ['libs/client/src/memory.ts', `import 'fs';`, 'no-node-in-browser-packages'],
  ['libs/protocol/src/index.ts', `export * from './codec';`, 'no-node-from-the-browser-entry'],
  [
    'libs/protocol/src/codec.ts',
    `import 'node:buffer';`,
    'decisions-know-no-node',
    'no-node-in-browser-packages',
  ],
  ['libs/atom/src/leaf.test.ts', `export {};`],
  ['libs/atom/src/tested.ts', `import './leaf.test';`, 'no-tests-in-source'],
];

interface CruiseResult {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

describe('the checked rule of import directions', () => {
  let house: string;
  let found: Map<string, string[]>;

  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), 'atomsync-directions-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, file), join(house, file));
    }
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const [file, source] of planted) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      writeFileSync(join(house, file), source);
    }
    found = violations(house);
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  it.each(planted.filter(([, , ...broken]) => broken.length > 0))(
    '%s with %s is refused',
    (file, _, ...broken) => {
      expect(found.get(file)).toEqual(expect.arrayContaining(broken));
    },
  );

  it.each(planted.filter(([, , ...broken]) => broken.length === 0))('%s with %s passes', (file) => {
    expect(found.get(file) ?? []).toEqual([]);
  });
});

/** The names of the broken rules by file. The command exits with the number of errors, which is no failure here. */
function violations(folder: string): Map<string, string[]> {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [bin, 'libs', 'apps', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  let output: string;
  try {
    output = execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      stdio: 'pipe',
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of (JSON.parse(output) as CruiseResult).summary.violations) {
    byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  }
  return byFile;
}
