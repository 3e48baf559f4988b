import type { Command } from 'commander';
import type { Cli } from '../cli';
import { databaseOption } from '../options/database-option';
import { examples } from '../options/examples';

export function addGroups(program: Command, cli: Cli): void {
  const command = program
    .command('groups')
    .summary('list the groups of a database file')
    .description(
      'Lists groups with their docs, deleted docs, versions and sizes; also while a server serves the file.',
    )
    .action(async ({ db }: { readonly db: string }) => {
      const { groups } = await import('../actions/groups.js');
      await groups(cli, db);
    });
  databaseOption(command);
  examples(command, 'atomsync groups', 'atomsync groups --db my-data.db --json | jq .groups[].name');
}
