import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './cli-error';

/** A failure in the words that are shown. */
export interface Explained {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly exitCode: ExitCode;
}

/** What to do about codes of the packages below, whose messages do not speak of this command's options. */
const REMEDIES: Readonly<Record<string, string>> = {
  CONNECT_FAILED: 'Start a server with `atomsync serve`, or name yours with --server or ATOMSYNC_SERVER.',
  CONNECT_TIMEOUT: 'Check the address in --server or ATOMSYNC_SERVER, and whether the server is well.',
  WRONG_SUBPROTOCOL: 'Check the path of --server; it is /sync unless the server says otherwise.',
  UNAUTHENTICATED: 'Put a token into ATOMSYNC_TOKEN or a file for --token-file; the name goes into --user.',
  TOKEN_EXPIRED: 'Get a new token; `atomsync token inspect` shows until when one holds.',
  FORBIDDEN: 'Use a token that has the right, or open less of the group with --prefix.',
  UPGRADE_REQUIRED: 'Say the schema version of the docs with --schema-version.',
  RATE_LIMITED: 'Wait a little and try again.',
  EADDRINUSE: 'Stop what listens there, or choose another port with --port.',
  EACCES: 'Check who may read and write it.',
  ENOENT: 'Check the path.',
  ENOSPC: 'Make room on the disk.',
};

/** Codes that say that what was typed cannot be right. */
const USAGE = new Set([
  'BAD_SERVER',
  'INVALID_KEY',
  'INVALID_GROUP',
  'INVALID_PREFIX',
  'BAD_URL',
  'BAD_OPTION',
]);

/**
 * Whatever was thrown, in words.
 *
 * @param command whose help to point to
 */
export function explain(error: unknown, command: string): Explained {
  if (error instanceof CliError) {
    return { code: error.code, message: error.message, remedy: error.remedy, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) return explainUsage(error, command);
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const known = typeof code === 'string' ? code : 'INTERNAL';
  const said = typeof message === 'string' && message !== '' ? message : String(error);
  const remedy =
    REMEDIES[known] ?? (known === 'INTERNAL' ? 'Run it again with --verbose for the stack.' : '');
  return {
    code: known,
    message: sentence(said),
    ...(remedy !== '' && { remedy }),
    exitCode: USAGE.has(known) ? EXIT.usage : EXIT.failure,
  };
}

function explainUsage({ message }: CommanderError, command: string): Explained {
  return {
    code: 'USAGE',
    message: sentence(capital(message.replace(/^error: /, ''))),
    remedy: `See \`${command} --help\`.`,
    exitCode: EXIT.usage,
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** On one line, with a full stop. */
function sentence(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  return /[.!?)]$/.test(line) ? line : `${line}.`;
}
