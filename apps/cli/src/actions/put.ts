import { assertCarryable, assertKey } from '@atomsync/protocol';
import { text } from 'node:stream/consumers';
import type { Cli } from '../cli';
import { CliError, usageError } from '../cli-error';
import { accepted, withGroup, type GroupChoice, type OpenGroup } from '../connect';
import { readValue, showValue } from '../values';

export interface PutChoice extends GroupChoice {
  readonly key: string;
  readonly kind: 'put' | 'merge' | 'delete';
  /** JSON; `-` stands for what comes from stdin. */
  readonly value: string | undefined;
}

/** Milliseconds to wait for the server's word. */
const PATIENCE = 30_000;

const DONE = { put: 'written', merge: 'changed', delete: 'deleted' } as const;

export async function put({ terminal, signal }: Cli, choice: PutChoice): Promise<void> {
  const { group, key, kind } = choice;
  assertKey(key);
  const value = await valueOf(choice);
  const version = await withGroup(choice, signal, (opened) =>
    accepted(opened, () => write(opened, choice, value), PATIENCE, signal),
  );
  if (terminal.json) return terminal.print(showValue({ group, key, version, [DONE[kind]]: true }));
  terminal.print(`${terminal.paint('bold', key)} ${DONE[kind]} as version ${version} of ${group}`);
}

async function valueOf({ kind, value: given }: PutChoice): Promise<unknown> {
  if (kind === 'delete') {
    if (given === undefined) return undefined;
    throw usageError('USAGE', 'A doc that is deleted has no value.', 'Leave out the value, or --delete.');
  }
  if (given === undefined) {
    throw usageError(
      'USAGE',
      'The value is missing.',
      'Give it as JSON behind the key, or - to read it from stdin.',
    );
  }
  const value = readValue(given === '-' ? await text(process.stdin) : given);
  if (value === undefined) {
    throw usageError('BAD_VALUE', 'Undefined is no doc.', 'Use --delete, or null.');
  }
  if (kind === 'merge' && !isRecord(value)) {
    throw usageError('BAD_VALUE', `${given} has no fields to merge.`, `Write an object: '{"done":true}'.`);
  }
  assertCarryable(value);
  return value;
}

function write(
  { atom }: OpenGroup,
  { key, kind, group }: PutChoice,
  value: unknown,
): Promise<{ version: number }> {
  // A function, which runs again where others were first: what was asked for here is what comes of it.
  return atom.transact((docs) => {
    if (kind === 'put') return docs.with(key, value);
    if (kind === 'delete') return docs.without(key);
    const before = docs.get(key);
    if (!isRecord(before)) {
      throw new CliError(
        'NO_SUCH_DOC',
        `${JSON.stringify(key)} in the group ${JSON.stringify(group)} is ${before === undefined ? 'not there' : 'no object'}.`,
        'Write it as a whole, without --merge.',
      );
    }
    return docs.with(key, { ...before, ...(value as object) });
  }).accepted;
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
