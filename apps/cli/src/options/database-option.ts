import { Option, type Command } from 'commander';

/** The option of commands that work on a database file. */
export const databaseOption = (command: Command): Command =>
  command.addOption(
    new Option('--db <file>', 'the database file of the server').default('atomsync.db').env('ATOMSYNC_DB'),
  );
