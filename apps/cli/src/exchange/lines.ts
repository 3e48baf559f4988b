import { CliError } from '../cli-error';

/** One line of a file of many. */
export interface TextLine {
  readonly text: string;
  /** From 1 on. */
  readonly number: number;
  /** Bytes of the file through its end. */
  readonly end: number;
  /** Whether the file goes on behind it, or ends with a line's end. */
  readonly isWhole: boolean;
}

/** Where in a file to begin. */
export interface LinePosition {
  readonly number: number;
  readonly end: number;
}

/** Bytes of a line, at most. */
const MAX_LINE = 256 * 1024 * 1024;

/** The lines of a stream, without empty ones, as they come; what is held is one of them. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  behind: LinePosition = { number: 0, end: 0 },
): AsyncGenerator<TextLine> {
  let { number, end } = behind;
  let parts: Buffer[] = [];
  let held = 0;
  const line = (isWhole: boolean): TextLine => {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    held = 0;
    return { text, number, end, isWhole };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at));
      number++;
      end += held + at - from + 1;
      from = at + 1;
      const whole = line(true);
      if (whole.text.trim() !== '') yield whole;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > MAX_LINE) {
      throw new CliError(
        'LINE_TOO_LONG',
        `Line ${number + 1} is longer than ${MAX_LINE / 1024 ** 2} MiB.`,
        'Is it an export of atomsync, one doc on a line?',
      );
    }
  }
  if (held === 0) return;
  number++;
  end += held;
  const rest = line(false);
  if (rest.text.trim() !== '') yield rest;
}
