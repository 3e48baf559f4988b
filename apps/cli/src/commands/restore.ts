import type { Command } from 'commander';
import type { Cli } from '../cli';
import { databaseOption } from '../options/database-option';
import { examples } from '../options/examples';

export function addRestore(program: Command, cli: Cli): void {
  const command = program
    .command('restore')
    .summary('put a backup in the place of a database file')
    .description(
      'Checks a backup and puts it in the place of a database. The server must not be running. Clients notice that the data ' +
        'went back, and offer again what they wrote since.',
    )
    .argument('<backup>', 'file that `atomsync backup` has written')
    .option('--force', 'replace the database that is there; what is in it is lost')
    .action(
      async (backup: string, { db, force = false }: { readonly db: string; readonly force?: boolean }) => {
        const { restore } = await import('../actions/restore.js');
        await restore(cli, backup, { db, force });
      },
    );
  databaseOption(command);
  examples(command, 'atomsync restore monday.db --db restored.db', 'atomsync restore monday.db --force');
}
