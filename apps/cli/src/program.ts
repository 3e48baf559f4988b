import { Command } from 'commander';
import type { Cli } from './cli';
import { addBackup } from './commands/backup';
import { addDigest } from './commands/digest';
import { addExport } from './commands/export';
import { addGet } from './commands/get';
import { addGroups } from './commands/groups';
import { addImport } from './commands/import';
import { addPurge } from './commands/purge';
import { addPut } from './commands/put';
import { addRestore } from './commands/restore';
import { addServe } from './commands/serve';
import { addToken } from './commands/token';
import { addWatch } from './commands/watch';
import { version } from './version';

const AFTER = `
Environment:
  ATOMSYNC_SERVER, ATOMSYNC_USER, ATOMSYNC_TOKEN (or ATOMSYNC_TOKEN_FILE), ATOMSYNC_DB, ATOMSYNC_JWT_SECRET
  NO_COLOR, FORCE_COLOR

Exit codes:
  0 done   1 failed   2 wrong usage   130 interrupted

Values are JSON; what it lacks has one key with a $:
  {"$date": 1700000000000}  {"$bigint": "12"}  {"$set": […]}  {"$map": [[key, value], …]}
  {"$keyword": "ns/name"}  {"$uuid": "…"}  {"$bytes": "AQI="}  {"$number": "NaN"}  {"$undefined": true}`;

/** All commands. Each loads what it needs when it is run. */
export function makeProgram(cli: Cli): Command {
  const { paint } = cli.terminal;
  const program = new Command('atomsync')
    .description('Serve, look into, watch, export, import, back up and restore synced atoms.')
    .version(version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'help, with examples')
    .option('--json', 'results as JSON on stdout, errors as JSON on stderr')
    .option('--no-color', 'no colours; so does NO_COLOR')
    .option('--verbose', 'stacks of errors')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => paint('bold', title),
      styleCommandText: (text) => paint('cyan', text),
      styleSubcommandText: (text) => paint('cyan', text),
      styleOptionText: (text) => paint('cyan', text),
      styleArgumentText: (text) => paint('cyan', text),
    })
    .configureOutput({
      writeOut: (text) => void cli.terminal.out.write(text),
      writeErr: (text) => void cli.terminal.err.write(text),
      // `paint` has decided already.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      // Errors are told by whoever catches them.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', AFTER);

  program.commandsGroup('Server:');
  addServe(program, cli);
  addToken(program, cli);
  program.commandsGroup('Docs on a running server:');
  addGet(program, cli);
  addPut(program, cli);
  addWatch(program, cli);
  addExport(program, cli);
  addImport(program, cli);
  addDigest(program, cli);
  program.commandsGroup('The database file:');
  addGroups(program, cli);
  addBackup(program, cli);
  addRestore(program, cli);
  addPurge(program, cli);
  return program;
}
