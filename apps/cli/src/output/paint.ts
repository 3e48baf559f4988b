import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';

type Format = Parameters<typeof styleText>[0];

/** Text in colour, or as it is. */
export type Paint = (format: Format, text: string) => string;

export const plain: Paint = (_format, text) => text;

const coloured: Paint = (format, text) => styleText(format, text, { validateStream: false });

/** What paints for this stream: nothing where it is no terminal, or NO_COLOR is set; FORCE_COLOR paints anywhere. */
export function paintFor(
  stream: Pick<WriteStream, 'isTTY'>,
  wanted: boolean,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return plain;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return ['0', 'false'].includes(forced) ? plain : coloured;
  return stream.isTTY && env['TERM'] !== 'dumb' ? coloured : plain;
}
