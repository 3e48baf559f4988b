import { readJson, writeJson } from '@atomsync/server/json';
import { usageError } from './cli-error';

/** A value of the command line. */
export function readValue(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(
      'BAD_VALUE',
      why.replace(/^The body is not JSON as it is read here/, `${shortened(text)} is no value`),
      `Write JSON, and text in quotes: '"text"'.`,
    );
  }
}

/** On one line, as `readValue` reads it. */
export const showValue = (value: unknown): string => writeJson(value);

/** For people: on as many lines as it takes. */
export const showValueAtLength = (value: unknown): string =>
  JSON.stringify(JSON.parse(writeJson(value)), null, 2);

export const shortened = (text: string, most = 60): string =>
  text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
