import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { duration } from '../options/duration';
import { examples } from '../options/examples';

interface CreateOptions {
  readonly sub: string;
  readonly groups: readonly string[];
  readonly expires: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly secretFile?: string;
}

interface InspectOptions {
  readonly tokenFile?: string;
  readonly secretFile?: string;
}

const secretOption = (): Option =>
  new Option(
    '--secret-file <file>',
    'file with the secret, at least 32 bytes; or put it into ATOMSYNC_JWT_SECRET',
  );

export function addToken(program: Command, cli: Cli): void {
  const token = program
    .command('token')
    .summary('make a token for a user, or look into one')
    .description(
      'Makes JSON Web Tokens for a server that was started with the same secret, and looks into them.',
    );

  const create = token
    .command('create', { isDefault: true })
    .summary('make a token')
    .description('Makes a token (HS256) and writes it to stdout.')
    .requiredOption('--sub <name>', 'who it is for')
    .addOption(
      new Option(
        '--groups <names>',
        'groups to read and write, with commas or repeated; list/* for all of a kind',
      )
        .argParser((text, before: readonly string[] | undefined) => [
          ...(before ?? []),
          ...text.split(',').filter((name) => name !== ''),
        ])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--expires <time>', 'for how long it holds').default(3_600_000, '1h').argParser(duration),
    )
    .option('--issuer <text>', 'the claim iss')
    .option('--audience <text>', 'the claim aud')
    .addOption(secretOption())
    .action(async (options: CreateOptions) => {
      const { createToken } = await import('../actions/token.js');
      await createToken(cli, options);
    });
  examples(
    create,
    'export ATOMSYNC_JWT_SECRET=$(openssl rand -base64 48)',
    'atomsync token --sub alice --groups todo,list/* --expires 12h',
    'atomsync token --sub alice --groups todo > alice.token',
    'atomsync get todo --token-file alice.token',
  );

  const inspect = token
    .command('inspect')
    .summary('show what is in a token')
    .description(
      'Shows the claims of a token and whether it still holds. The signature is checked where the secret is known. Ends with ' +
        '1 where the token does not hold.',
    )
    .argument('[token]', 'the token, or - to read it from stdin; without it ATOMSYNC_TOKEN')
    .option('--token-file <file>', 'file with the token')
    .addOption(secretOption())
    .action(async (text: string | undefined, options: InspectOptions) => {
      const { inspectToken } = await import('../actions/token.js');
      await inspectToken(cli, { ...options, text });
    });
  examples(
    inspect,
    'atomsync token inspect --token-file alice.token',
    'atomsync token inspect --json - < alice.token',
  );
}
