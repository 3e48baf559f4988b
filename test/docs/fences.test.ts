import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fencesOf, isCode, isNotOurs, saidOf, type Fence } from './blocks';
import { isInstalled } from './is-installed';
import { readPages, ROOT } from './pages';

/** Where else the commands of a page are run. */
const COMMANDS_RUN_IN: Readonly<Record<string, string>> = {
  'apps/cli/README.md': 'apps/cli/test/readme.test.ts',
  'docs/guides/angular.md': 'test/docs/guides.test.ts',
  'docs/guides/nestjs.md': 'test/docs/guides.test.ts',
  'docs/guides/rxjs-node.md': 'test/docs/guides.test.ts',
};

/** Pictures of data and of what is shown. */
const PLAIN = ['', 'text'];

/** The page that shows how others say it. */
const COMPARISON = 'docs/guides/coming-from.md';

interface Scripts {
  readonly scripts: Readonly<Record<string, string>>;
}
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Scripts;

const pages = readPages();
const fences = pages.flatMap(({ path, text }) => fencesOf(path, text).map((fence) => ({ ...fence, path })));
const inLanguage = (language: string) => fences.filter((fence) => fence.language === language);

describe('the blocks of all pages', () => {
  it.each(fences)('$title is in a language that a test takes up', (fence) => {
    expect([...PLAIN, 'json', 'sh'].includes(fence.language) || isCode(fence)).toBe(true);
  });

  it.each(inLanguage('json'))('$title is JSON, or lines of it', ({ lines }) => {
    expect(() => isJson(lines)).not.toThrow();
  });

  it.each(inLanguage('sh').filter(({ path }) => !(path in COMMANDS_RUN_IN)))(
    '$title names scripts and packages that there are',
    ({ lines }) => {
      expect(lines.map(withoutRemark).filter((line) => !isKnown(line))).toEqual([]);
    },
  );

  it.each(Object.entries(COMMANDS_RUN_IN))('%s has commands, which %s runs', (path, test) => {
    expect(inLanguage('sh').some((fence) => fence.path === path)).toBe(true);
    expect(existsSync(join(ROOT, test))).toBe(true);
  });

  it('code of others stands where it is compared, and says whose it is', () => {
    const theirs = fences.filter(isNotOurs);
    expect(theirs.filter(({ path }) => path !== COMPARISON)).toEqual([]);
    expect(theirs.filter((fence) => !saysWhose(fence)).map(({ title }) => title)).toEqual([]);
  });
});

it('the README names scripts that there are', () => {
  const readme = pages.find(({ path }) => path === 'README.md')!.text;
  const named = [...readme.matchAll(/`(np[mx] [^`]+)`/g)].map(([, command]) => command!);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((command) => !isKnown(command))).toEqual([]);
});

const withoutRemark = (line: string): string => line.replace(/\s+#.*$/, '').trim();

/** Empty, a script of the root, or packages to install that are here: our own, or those we test with. */
function isKnown(line: string): boolean {
  const [, script] = /^npm (?:run )?([\w:]+)(?: -- .*)?$/.exec(line) ?? [];
  if (line === '' || (script !== undefined && script in scripts)) return true;
  const [, packages] = /^npm install(?: --[\w-]+)* ([^-].*)$/.exec(line) ?? [];
  if (packages !== undefined) return packages.split(/\s+/).every(isInstalled);
  const [, path] = /^npx jest (\S+)$/.exec(line) ?? [];
  return path !== undefined && existsSync(join(ROOT, path));
}

/** The first line, which the reader sees, names the one whose code it is. */
const saysWhose = (fence: Fence): boolean =>
  new RegExp(`^// ${saidOf(fence, 'not ours')!}\\b.*not run`).test(fence.lines[0]!);

function isJson(lines: readonly string[]): unknown {
  try {
    return JSON.parse(lines.join('\n'));
  } catch {
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}
