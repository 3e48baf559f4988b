import type { Command } from 'commander';
import type { Cli } from '../cli';
import { databaseOption } from '../options/database-option';
import { examples } from '../options/examples';

export function addBackup(program: Command, cli: Cli): void {
  const command = program
    .command('backup')
    .summary('copy a database file, also while it is served')
    .description(
      'Copies a database as it is at this moment, also while a server serves it. The copy is whole, or not there.',
    )
    .argument('<to>', 'file to write; it must not be there yet')
    .action(async (to: string, { db }: { readonly db: string }) => {
      const { backup } = await import('../actions/backup.js');
      await backup(cli, db, to);
    });
  databaseOption(command);
  examples(command, 'atomsync backup monday.db', 'atomsync backup "backups/$(date +%F).db" --db my-data.db');
}
