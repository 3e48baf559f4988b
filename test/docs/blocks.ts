import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One runnable piece of a page: a fenced block, with the blocks before it that it continues. */
export interface Block {
  /** Where a reader finds it, `README.md:12`. */
  readonly title: string;
  /** A file name without folders that no other block has; `.mts` or `.mjs`, so that `await` stands at top level. */
  readonly fileName: string;
  readonly code: string;
  /** The line of the page for each line of `code`. */
  readonly lines: readonly number[];
  /** Why it is compiled but not run. */
  readonly noRun: string | undefined;
}

const fence = /^(\s*)```(ts|js|typescript|javascript)\s*$/;
const comment = (name: string) => new RegExp(`<!--\\s*${name}(?::([\\s\\S]*?))?\\s*-->`);

/**
 * The blocks of a page. An HTML comment right before a fence may say three things of it, and a reader of the
 * page sees none of them:
 *
 * - `<!-- no-run: reason -->`: compile it only;
 * - `<!-- continues -->`: the code of the block before it comes first;
 * - `<!-- before: code -->`: this code comes first.
 */
export function blocksOf(path: string, text: string): Block[] {
  const page = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < page.length; at++) {
    const opening = fence.exec(page[at]!);
    if (!opening) continue;
    const [, indent = '', language = ''] = opening;
    const end = page.findIndex((line, n) => n > at && line.trim() === '```');
    if (end < 0)
      throw new Error(`${path}:${at + 1}: this block is never closed. End it with a line of \`\`\`.`);
    const own = page
      .slice(at + 1, end)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const said = commentsBefore(page, at);
    const hidden = (comment('before').exec(said)?.[1] ?? '').trim();
    const earlier = comment('continues').test(said) ? blocks.at(-1) : undefined;
    const before = hidden === '' ? [] : hidden.split('\n');
    blocks.push({
      title: `${path}:${at + 1}`,
      fileName: `${path.replace(/[^A-Za-z0-9]+/g, '-')}-${at + 1}.${language.startsWith('t') ? 'mts' : 'mjs'}`,
      code: [...(earlier ? [earlier.code] : []), ...before, ...own].join('\n'),
      lines: [...(earlier?.lines ?? []), ...before.map(() => at + 1), ...own.map((_, n) => at + 2 + n)],
      noRun: comment('no-run').exec(said)?.[1]?.trim(),
    });
    at = end;
  }
  return blocks;
}

/** The comments that end right above a line, blank lines apart. */
function commentsBefore(page: readonly string[], line: number): string {
  let said = '';
  let at = line - 1;
  for (;;) {
    while (at >= 0 && page[at]!.trim() === '') at--;
    if (at < 0 || !page[at]!.trim().endsWith('-->')) return said;
    let from = at;
    while (from >= 0 && !page[from]!.trim().startsWith('<!--')) from--;
    said = page.slice(from, at + 1).join('\n') + said;
    at = from - 1;
  }
}

/** The pages whose code is promised to work: README.md, each package's README.md and everything in docs/. */
export function readPages(root: string): { path: string; text: string }[] {
  const inFolder = (folder: string, wanted: (name: string) => boolean) => {
    try {
      return readdirSync(join(root, folder))
        .filter(wanted)
        .sort()
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  };
  const packages = inFolder('libs', () => true).flatMap((lib) =>
    inFolder(lib, (name) => name === 'README.md'),
  );
  return ['README.md', ...packages, ...inFolder('docs', (name) => name.endsWith('.md'))].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
}
