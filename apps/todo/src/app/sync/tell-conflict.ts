import type { Conflict } from '@atomsync/client';

/** A conflict in words for people. */
export function tellConflict({ path, mine, theirs, kept }: Conflict): string {
  const [step] = path;
  if (step === undefined && theirs === undefined) return `${shown(mine)} was deleted elsewhere.`;
  if (step === undefined && mine === undefined) return `You deleted ${shown(theirs)}, changed elsewhere.`;
  return kept === 'theirs'
    ? `Your ${shown(mine)} was replaced by ${shown(theirs)}.`
    : `Your ${shown(mine)} replaced ${shown(theirs)}.`;
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'text' in value) return shown(value.text);
  if (typeof value === 'boolean') return value ? 'mark “done”' : 'mark “not done”';
  return `“${String(value)}”`;
}
