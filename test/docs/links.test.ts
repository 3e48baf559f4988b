import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, linksOf } from './links';
import { readPages, ROOT, type Page } from './pages';

const pages = readPages();
const textOf = new Map(pages.map(({ path, text }) => [path, text]));

/** Packages that are published with their README: there it stands alone. */
const published = readdirSync(join(ROOT, 'libs'))
  .map((name) => `libs/${name}`)
  .concat('apps/cli')
  .filter((folder) => existsSync(join(ROOT, folder, 'package.json')));

/** What is wrong with a page's links. */
function faults({ path, text }: Page): string[] {
  const home = published.find((folder) => path === `${folder}/README.md`);
  return linksOf(text).flatMap(({ target, line }) => {
    const [to = '', anchor] = target.split('#', 2);
    const file = to === '' ? path : normalize(join(dirname(path), decodeURIComponent(to)));
    const fault = (what: string) => [`${path}:${line}: ${target} ${what}`];
    if (home !== undefined && to !== '' && !shipped(home).some((name) => file === `${home}/${name}`))
      return fault(
        'is broken where the package is published: name what it leads to, or link to a full address',
      );
    if (!existsSync(join(ROOT, file)) || !statSync(join(ROOT, file)).isFile())
      return fault('leads to no file');
    if (anchor === undefined) return [];
    const there = textOf.get(file);
    return there !== undefined && anchorsOf(there).has(anchor) ? [] : fault('leads to no heading');
  });
}

/** Files that npm packs whatever `files` says, and those named there. */
function shipped(folder: string): string[] {
  const { files } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    files: string[];
  };
  return ['README.md', 'LICENSE', 'package.json', ...files];
}

describe('the links in the documentation', () => {
  it.each(pages)('$path leads to files and headings that are there', (page) => {
    expect(faults(page)).toEqual([]);
  });

  it('docs/README.md names every document in docs', () => {
    const index = 'docs/README.md';
    const named = linksOf(textOf.get(index)!).map(({ target }) => normalize(join('docs', target)));
    const documents = pages
      .map(({ path }) => path)
      .filter((path) => path.startsWith('docs/') && path !== index);
    expect(named).toEqual(expect.arrayContaining(documents));
  });
});

describe('linksOf', () => {
  it('finds links, images, definitions and HTML, and says where', () => {
    const text = ['[a](b.md)', '![c](d.png "e")', '[f]: g.md', '<a href="h.md#i">'].join('\n');
    expect(linksOf(text)).toEqual([
      { target: 'b.md', line: 1 },
      { target: 'd.png', line: 2 },
      { target: 'g.md', line: 3 },
      { target: 'h.md#i', line: 4 },
    ]);
  });

  it('passes over addresses, and over code', () => {
    const text = [
      '[a](https://b.example)',
      '`[c](d.md)`',
      '```ts',
      'e[f](g);',
      '```',
      'mailto: [h](mailto:i@j)',
    ];
    expect(linksOf(text.join('\n'))).toEqual([]);
  });
});

describe('anchorsOf', () => {
  it('makes them of headings as pages are shown with', () => {
    const text = [
      "# A `b`, c's",
      '## [D](e.md) e_f',
      '## Twice',
      '## Twice',
      '```',
      '# no',
      '```',
      '<a id="own"></a>',
    ];
    expect([...anchorsOf(text.join('\n'))]).toEqual(['a-b-cs', 'd-e_f', 'twice', 'twice-1', 'own']);
  });
});
