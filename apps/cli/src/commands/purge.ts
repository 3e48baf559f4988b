import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { databaseOption } from '../options/database-option';
import { duration } from '../options/duration';
import { examples } from '../options/examples';

interface PurgeOptions {
  readonly db: string;
  readonly olderThan: number;
  readonly group?: string;
}

export function addPurge(program: Command, cli: Cli): void {
  const command = program
    .command('purge')
    .summary('forget deleted docs for good')
    .description(
      'Removes what is left of docs that were deleted long ago. Clients that were away for longer take the group anew when ' +
        'they come back. The server must not be running; it does the same by itself (see `atomsync serve --retention`).',
    )
    .addOption(
      new Option('--older-than <time>', 'docs that were deleted at least so long ago')
        .default(2_592_000_000, '30d')
        .argParser(duration),
    )
    .option('-g, --group <name>', 'only this group')
    .action(async (options: PurgeOptions) => {
      const { purge } = await import('../actions/purge.js');
      await purge(cli, options);
    });
  databaseOption(command);
  examples(command, 'atomsync purge', 'atomsync purge --db my-data.db --older-than 90d --group todo');
}
