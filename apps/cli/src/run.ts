import { CommanderError } from 'commander';
import type { Cli } from './cli';
import { EXIT, type ExitCode } from './cli-error';
import { explain } from './explain';
import { interruptSignal } from './interrupt';
import { Terminal } from './output/terminal';
import { makeProgram } from './program';

/** Does what the arguments ask for, and resolves with what the process is to end with. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  // Whoever reads stdout has enough of it: `atomsync export … | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failure);
  });
  const cli: Cli = {
    terminal: terminalFor(args),
    signal: interruptSignal(),
    env: process.env,
  };
  const program = makeProgram(cli);
  const command = (): string => {
    const named = program.commands.find((each) => args.includes(each.name()));
    return ['atomsync', ...(named ? [named.name()] : [])].join(' ');
  };
  // Faults outside of the way of the work are told as all others are.
  process.on('uncaughtException', (error) => {
    cli.terminal.fail(explain(error, command()), error);
    process.exit(EXIT.failure);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (isHelp(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const explained = explain(error, command());
    cli.terminal.fail(explained, error);
    return explained.exitCode;
  }
}

/** Read beforehand, so that it holds for what is wrong with the arguments too. */
function terminalFor(args: readonly string[]): Terminal {
  const end = args.indexOf('--');
  const options = new Set(end < 0 ? args : args.slice(0, end));
  return new Terminal({
    json: options.has('--json'),
    verbose: options.has('--verbose'),
    color: !options.has('--no-color'),
  });
}

/** Help and the version, which have been written already. */
const isHelp = (error: unknown): error is CommanderError =>
  error instanceof CommanderError &&
  ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code);
