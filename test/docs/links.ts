import { fencesOf } from './blocks';

export interface PageLink {
  /** As it is written: a path, `#anchor`, or both. */
  readonly target: string;
  readonly line: number;
}

const LINKS = [
  /\]\(\s*<?([^)\s>]+)>?[^)]*\)/g,
  /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/g,
  /\b(?:href|src)="([^"]+)"/g,
];
const ADDRESS = /^([a-z][a-z+.-]*:|\/\/)/i;

/** All links of a page that lead into the repository. */
export function linksOf(text: string): PageLink[] {
  return linesOfProse(text).flatMap((prose, at) =>
    LINKS.flatMap((link) => [...prose.replace(/`[^`]*`/g, '').matchAll(link)])
      .map(([, target]) => ({ target: target!, line: at + 1 }))
      .filter(({ target }) => !ADDRESS.test(target)),
  );
}

/** What may stand behind `#` in a link to a page, as GitHub makes it of headings. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  const times = new Map<string, number>();
  for (const prose of linesOfProse(text)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(prose)?.[1];
    if (heading !== undefined) {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-');
      const before = times.get(slug) ?? 0;
      times.set(slug, before + 1);
      anchors.add(before === 0 ? slug : `${slug}-${before}`);
    }
    for (const [, id] of prose.matchAll(/\bid="([^"]+)"/g)) anchors.add(id!);
  }
  return anchors;
}

/** The lines of a page, with those of its fenced blocks empty. */
function linesOfProse(text: string): string[] {
  const lines = text.split('\n');
  for (const { at, lines: code } of fencesOf('', text)) lines.fill('', at - 1, at + code.length + 1);
  return lines;
}
