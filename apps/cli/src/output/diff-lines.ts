import { fieldEdits, type FieldEdit, type PathStep } from '@atomsync/protocol';
import { shortened, showValue } from '../values';
import type { Paint } from './paint';

/** A doc before and after a change; `undefined` where there is none. */
export interface DocDiff {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What became of a doc, for people:
 *
 * ```text
 * + todo:2  {"text":"Call Ada"}
 * ~ todo:1
 *     text  "Buy milk" → "Buy oat milk"
 *     tags  + {"$keyword":"groceries"}
 * - todo:3  {"text":"Read"}
 * ```
 *
 * @param width columns of a line; what is longer is cut
 */
export function diffLines({ key, before, after }: DocDiff, paint: Paint, width = Infinity): string[] {
  const whole = (mark: string, colour: 'green' | 'red', value: unknown): string => {
    const room = Math.max(20, width - key.length - 4);
    return `${paint([colour, 'bold'], `${mark} ${key}`)}  ${paint(colour, shortened(showValue(value), room))}`;
  };
  if (before === undefined) return [whole('+', 'green', after)];
  if (after === undefined) return [whole('-', 'red', before)];
  const edits = fieldEdits(before, after);
  if (edits.some(({ path }) => path.length === 0))
    return [whole('-', 'red', before), whole('+', 'green', after)];
  const names = edits.map(({ path, kind }) => pathText(kind.endsWith('-member') ? path.slice(0, -1) : path));
  const column = Math.min(24, Math.max(...names.map((name) => name.length)));
  return [
    paint(['yellow', 'bold'], `~ ${key}`),
    ...edits.map((edit, at) => {
      const name = names[at]!.padEnd(column);
      return `    ${paint('cyan', name)}  ${editText(edit, paint, Math.max(20, width - name.length - 6))}`;
    }),
  ];
}

function editText({ kind, path, before, after }: FieldEdit, paint: Paint, room: number): string {
  const shown = (value: unknown, most: number): string => shortened(showValue(value), most);
  switch (kind) {
    case 'delete':
      return paint('red', `- ${shown(before, room - 2)}`);
    case 'add-member':
      return paint('green', `+ ${shown(memberOf(path), room - 2)}`);
    case 'remove-member':
      return paint('red', `- ${shown(memberOf(path), room - 2)}`);
    case 'set': {
      // A field that was not there has no `before`; one that was undefined has.
      if (before === undefined) return paint('green', `+ ${shown(after, room - 2)}`);
      const half = Math.floor((room - 3) / 2);
      return `${paint('red', shown(before, half))} → ${paint('green', shown(after, half))}`;
    }
  }
}

const memberOf = (path: readonly PathStep[]): unknown => {
  const last = path.at(-1);
  return last?.in === 'set' ? last.member : undefined;
};

/** `profile.name`, `scores[{"$keyword":"a"}]`. */
export const pathText = (path: readonly PathStep[]): string =>
  path
    .map((step, at) => {
      if (step.in !== 'object') return `[${showValue(step.in === 'map' ? step.key : step.member)}]`;
      if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step.key)) return at === 0 ? step.key : `.${step.key}`;
      return `[${JSON.stringify(step.key)}]`;
    })
    .join('');
