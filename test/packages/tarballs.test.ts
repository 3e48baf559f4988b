import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packed, type Packed } from './support/tarballs';

/** scripts/pack-check.cjs: each check answers what is wrong. */
interface PackCheck {
  checksOf(pack: Packed): Readonly<Record<string, () => Promise<readonly string[]>>>;
  contentProblems(tarball: string): Promise<readonly string[]>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script without types, shared with `npm run pack:all`
const { checksOf, contentProblems } = require('../../scripts/pack-check.cjs') as PackCheck;

const checks = packed().flatMap((pack) =>
  Object.entries(checksOf(pack)).map(([what, check]) => ({ title: `${pack.name}: ${what}`, check })),
);

describe('what is published', () => {
  it('is seven packages', () => {
    expect(packed().map(({ name }) => name.replace('@atomsync/', ''))).toEqual([
      'angular',
      'atom',
      'cli',
      'client',
      'protocol',
      'server',
      'testing',
    ]);
  });

  it.each(checks)('$title', async ({ check }) => {
    expect((await check()).join('\n')).toBe('');
  });
});

describe('contentProblems', () => {
  let home: string;
  const sound = {
    'package.json': JSON.stringify({
      name: '@atomsync/sample',
      version: '1.0.0',
      description: 'A sample.',
      license: 'MIT',
      engines: { node: '>=20' },
      sideEffects: false,
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    }),
    'README.md': '# Sample',
    LICENSE: 'MIT',
    'dist/index.js': 'exports.one = 1;',
    'dist/index.d.ts': 'export declare const one = 1;',
  };
  /** A tarball of these files, `undefined` for none. */
  const tarball = (files: Readonly<Record<string, string | undefined>>): string => {
    const folder = mkdtempSync(join(home, 'package-'));
    for (const [name, text] of Object.entries(files)) {
      if (text === undefined) continue;
      mkdirSync(dirname(join(folder, 'package', name)), { recursive: true });
      writeFileSync(join(folder, 'package', name), text);
    }
    execFileSync('tar', ['-czf', join(folder, 'a.tgz'), '-C', folder, 'package']);
    return join(folder, 'a.tgz');
  };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'atomsync-samples-'));
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('finds nothing in a sound package', async () => {
    expect(await contentProblems(tarball(sound))).toEqual([]);
  });

  it.each([
    ['a missing licence', { LICENSE: undefined }, /no LICENSE/],
    ['a missing README', { 'README.md': undefined }, /no README/],
    ['an export that is not there', { 'dist/index.d.ts': undefined }, /dist\/index\.d\.ts, which is not in/],
    ['sources', { 'src/index.ts': '' }, /src\/index\.ts is in it/],
    [
      'a path of the machine',
      { 'dist/index.js': `'${homedir()}/secret'; '${process.cwd()}/x'` },
      /the path of a machine/,
    ],
    ['a registry', { 'dist/index.js': "'https://registry.example.com/x'" }, /the name of a registry/],
    [
      'no side-effect flag',
      { 'package.json': sound['package.json'].replace('"sideEffects":false,', '') },
      /sideEffects/,
    ],
  ] as const)('finds %s', async (_, change, problem) => {
    expect((await contentProblems(tarball({ ...sound, ...change }))).join('\n')).toMatch(problem);
  });
});
