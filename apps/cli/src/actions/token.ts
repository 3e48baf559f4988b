import { text } from 'node:stream/consumers';
import type { Cli } from '../cli';
import { CliError, usageError } from '../cli-error';
import { secretFile } from '../options/secret-file';
import { jwtSecret } from '../jwt-secret';

/** Bytes that a secret has at least: those of the hash it is used with. */
const LEAST_SECRET = 32;

export interface CreateChoice {
  readonly sub: string;
  readonly groups: readonly string[];
  /** Milliseconds. */
  readonly expires: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly secretFile?: string;
}

export async function createToken(
  { terminal, env }: Cli,
  choice: CreateChoice,
  now = Date.now(),
): Promise<void> {
  const { sub, groups, expires, issuer, audience } = choice;
  const secret = secretBytes(jwtSecret(choice.secretFile, env));
  const seconds = Math.floor(now / 1000);
  const until = seconds + Math.max(1, Math.ceil(expires / 1000));
  const { SignJWT } = await import('jose');
  const jwt = new SignJWT({ groups }).setProtectedHeader({ alg: 'HS256' }).setSubject(sub);
  if (issuer !== undefined) jwt.setIssuer(issuer);
  if (audience !== undefined) jwt.setAudience(audience);
  const token = await jwt.setIssuedAt(seconds).setExpirationTime(until).sign(secret);
  if (terminal.json) {
    return terminal.print(
      JSON.stringify({ token, sub, groups, expiresAt: new Date(until * 1000).toISOString() }),
    );
  }
  terminal.print(token);
  terminal.note(
    terminal.paintNote(
      'dim',
      `for ${sub}, ${groups.join(', ')}; until ${new Date(until * 1000).toISOString()}`,
    ),
  );
}

export interface InspectChoice {
  readonly text: string | undefined;
  readonly tokenFile?: string;
  readonly secretFile?: string;
}

type Signature = 'valid' | 'wrong' | 'not checked';

export async function inspectToken(
  { terminal, env }: Cli,
  choice: InspectChoice,
  now = Date.now(),
): Promise<void> {
  const token = await tokenOf(choice, env);
  const { decodeJwt, decodeProtectedHeader } = await import('jose');
  let header: object;
  let claims: ReturnType<typeof decodeJwt>;
  try {
    [header, claims] = [decodeProtectedHeader(token), decodeJwt(token)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(
      'BAD_TOKEN',
      `This is no JSON Web Token: ${why}.`,
      'Give one as `atomsync token` writes it.',
    );
  }
  const secret = jwtSecret(choice.secretFile, env);
  const signature = secret === undefined ? 'not checked' : await checked(token, secretBytes(secret));
  const left = claims.exp === undefined ? undefined : claims.exp * 1000 - now;
  const lines = [
    ...Object.entries(claims).map(([name, value]) => [name, shownClaim(name, value)] as const),
    ['signature', signature] as const,
  ];
  if (terminal.json) {
    terminal.print(JSON.stringify({ header, claims, signature, expired: left !== undefined && left <= 0 }));
  } else {
    for (const [name, value] of lines) terminal.print(`${terminal.paint('cyan', name.padEnd(9))}  ${value}`);
  }
  if (signature === 'wrong') {
    throw new CliError(
      'BAD_SIGNATURE',
      'The token was not signed with this secret.',
      'Make one with `atomsync token`.',
    );
  }
  if (left === undefined) {
    throw new CliError(
      'NO_EXPIRY',
      'The token has no exp, and servers take none without.',
      'Make one with `atomsync token`.',
    );
  }
  if (left <= 0)
    throw new CliError('TOKEN_EXPIRED', 'The token has expired.', 'Make a new one with `atomsync token`.');
}

async function tokenOf(
  { text: given, tokenFile }: InspectChoice,
  { ATOMSYNC_TOKEN: fromEnv }: Cli['env'],
): Promise<string> {
  if (given === '-') return (await text(process.stdin)).trim();
  const token = given ?? (tokenFile === undefined ? fromEnv : secretFile(tokenFile, 'The token file'));
  if (token !== undefined && token !== '') return token;
  throw usageError(
    'USAGE',
    'There is no token.',
    'Name a file with --token-file, or put it into ATOMSYNC_TOKEN.',
  );
}

async function checked(token: string, secret: Uint8Array): Promise<Signature> {
  const { compactVerify } = await import('jose');
  try {
    // Whether it has expired is looked at by itself.
    await compactVerify(token, secret, { algorithms: ['HS256', 'HS384', 'HS512'] });
    return 'valid';
  } catch {
    return 'wrong';
  }
}

function secretBytes(secret: string | undefined): Uint8Array {
  if (secret === undefined) {
    throw usageError(
      'NO_SECRET',
      'There is no secret.',
      'Put it into ATOMSYNC_JWT_SECRET, or a file for --secret-file.',
    );
  }
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length >= LEAST_SECRET) return bytes;
  throw usageError(
    'SECRET_TOO_SHORT',
    `The secret has ${bytes.length} bytes, and needs ${LEAST_SECRET}.`,
    'Make one with `openssl rand -base64 48`.',
  );
}

/** Times are seconds since 1970 in a token. */
const shownClaim = (name: string, value: unknown): string =>
  ['exp', 'iat', 'nbf'].includes(name) && typeof value === 'number'
    ? new Date(value * 1000).toISOString()
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
