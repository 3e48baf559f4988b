/** A fenced block of a page, in whatever language. */
export interface Fence {
  /** Where a reader finds it, `README.md:12`. */
  readonly title: string;
  /** The word behind the fence; empty where there is none. */
  readonly language: string;
  readonly lines: readonly string[];
  /** The line of the page that the fence is on. */
  readonly at: number;
  /** The HTML comments right above it. */
  readonly said: string;
}

/** One runnable piece of a page: a fenced block, with the blocks before it that it continues. */
export interface Block {
  /** Where a reader finds it, `README.md:12`. */
  readonly title: string;
  /**
   * A path that no other block has. Where it is no file of a project it has no folders, and ends in `.mts` or `.mjs`, so
   * that `await` stands at top level.
   */
  readonly fileName: string;
  /** All of it: that of the block it continues, and its own. */
  readonly code: string;
  /** What stands in this block alone, with what a comment puts before it. */
  readonly own: string;
  /** The line of the page for each line of `code`. */
  readonly lines: readonly number[];
  readonly continues: Block | undefined;
  /** The test that runs it, where it is no program of Node. */
  readonly runIn: string | undefined;
  /** The file of a project that it is, for the test that runs it. */
  readonly file: string | undefined;
}

const FENCE = /^(\s*)```([^\s`]*)\s*$/;
const CODE = /^(ts|js|typescript|javascript|mts|mjs)$/;

/** What an HTML comment `<!-- name: … -->` above a fence says; empty for `<!-- name -->`. */
export const saidOf = ({ said }: Fence, name: string): string | undefined => {
  const found = new RegExp(`<!--\\s*${name}(?::([\\s\\S]*?))?\\s*-->`).exec(said);
  return found ? (found[1] ?? '').trim() : undefined;
};

/** All fenced blocks of a page. */
export function fencesOf(path: string, text: string): Fence[] {
  const page = text.split('\n');
  const fences: Fence[] = [];
  for (let at = 0; at < page.length; at++) {
    const opening = FENCE.exec(page[at]!);
    if (!opening) continue;
    const [, indent = '', language = ''] = opening;
    const end = page.findIndex((line, n) => n > at && line.trim() === '```');
    if (end < 0)
      throw new Error(`${path}:${at + 1}: this block is never closed. End it with a line of \`\`\`.`);
    fences.push({
      title: `${path}:${at + 1}`,
      language,
      lines: page
        .slice(at + 1, end)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)),
      at: at + 1,
      said: commentsBefore(page, at),
    });
    at = end;
  }
  return fences;
}

/** Whether it is code of others, which is shown beside ours and neither compiled nor run. */
export const isNotOurs = (fence: Fence): boolean => saidOf(fence, 'not ours') !== undefined;

export const isCode = (fence: Fence): boolean => CODE.test(fence.language);

/**
 * The blocks of a page in TypeScript and JavaScript. HTML comments right before a fence may say of it, and a reader of
 * the page sees none of them:
 *
 * - `<!-- continues -->`: the code of the block before it comes first;
 * - `<!-- before: code -->`: this code comes first;
 * - `<!-- run-in: test -->`: that test runs it; `<!-- file: name -->` says as which file;
 * - `<!-- not ours: whose -->`: it is no block.
 */
export function blocksOf(path: string, text: string): Block[] {
  const blocks: Block[] = [];
  const name = path.replace(/[^A-Za-z0-9]+/g, '-');
  // Those of a project lie beside each other; a later state of a file in the next folder.
  const placeOf = (file: string): string =>
    `${name}-${blocks.filter((block) => block.file === file).length}/${file}`;
  for (const fence of fencesOf(path, text)) {
    if (!isCode(fence) || isNotOurs(fence)) continue;
    const { title, language, at, lines } = fence;
    const hidden = saidOf(fence, 'before') ?? '';
    const before = hidden === '' ? [] : hidden.split('\n');
    const earlier = saidOf(fence, 'continues') === undefined ? undefined : blocks.at(-1);
    const own = [...before, ...lines].join('\n');
    const file = saidOf(fence, 'file');
    blocks.push({
      title,
      fileName: file === undefined ? `${name}-${at}.${/^m?t/.test(language) ? 'mts' : 'mjs'}` : placeOf(file),
      code: earlier ? `${earlier.code}\n${own}` : own,
      own,
      lines: [...(earlier?.lines ?? []), ...before.map(() => at), ...lines.map((_, n) => at + 1 + n)],
      continues: earlier,
      runIn: saidOf(fence, 'run-in'),
      file,
    });
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
