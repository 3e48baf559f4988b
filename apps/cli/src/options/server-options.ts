import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { secretFile } from './secret-file';
import { wholeNumber } from './whole-number';

export const DEFAULT_SERVER = 'ws://localhost:8090/sync';

export interface ServerOptions {
  readonly server: string;
  readonly user?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly schemaVersion: number;
}

/** Which server to speak to, and as whom. */
export interface ServerChoice {
  readonly server: string;
  readonly user: string | undefined;
  readonly token: string | undefined;
}

/** Options of commands that speak to a running server. */
export const serverOptions = (command: Command): Command =>
  command
    .optionsGroup('Server:')
    .addOption(
      new Option('-s, --server <url>', 'the sync path of the server')
        .default(DEFAULT_SERVER)
        .env('ATOMSYNC_SERVER'),
    )
    .addOption(new Option('-u, --user <name>', 'who asks').env('ATOMSYNC_USER'))
    .addOption(
      new Option('--token-file <file>', 'file with the token; or put it into ATOMSYNC_TOKEN').env(
        'ATOMSYNC_TOKEN_FILE',
      ),
    )
    .addOption(new Option('--token <token>').hideHelp());

/** The option of commands that open groups as a client does. */
export const schemaVersionOption = (command: Command): Command =>
  command.addOption(
    new Option('--schema-version <n>', "schema version of the group's docs")
      .default(1)
      .argParser(wholeNumber(1, 1_000_000)),
  );

/** The token comes from an option, a file or the environment, in this order. */
export function serverChoice(
  { server, user, token, tokenFile }: Omit<ServerOptions, 'schemaVersion'>,
  { terminal, env }: Cli,
): ServerChoice {
  if (token !== undefined) {
    terminal.warn('A token on the command line is seen by all users of this machine. Use --token-file.');
  }
  const given =
    token ?? (tokenFile === undefined ? env['ATOMSYNC_TOKEN'] : secretFile(tokenFile, 'The token file'));
  return { server, user, token: given === '' ? undefined : given };
}
