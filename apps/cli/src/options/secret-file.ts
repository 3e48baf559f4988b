import { readFileSync } from 'node:fs';
import { usageError } from '../cli-error';

/** What stands in a file, without the line's end. */
export function secretFile(path: string, option: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError('BAD_FILE', `${option} cannot be read: ${why}.`, 'Name a file that can.');
  }
  if (text !== '') return text;
  throw usageError('BAD_FILE', `${option} ${path} is empty.`, 'Put the secret into it, on one line.');
}
