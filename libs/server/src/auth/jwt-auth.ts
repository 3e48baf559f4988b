import { AtomSyncServerError } from '../errors';
import { Grants, type Grant } from './grants';
import type { AuthorizeRequest, Credentials, Principal, SyncAuth } from './sync-auth';

/** Claims of a token, verified. */
export interface JwtClaims {
  readonly [claim: string]: unknown;
  readonly sub?: string | undefined;
  /** Seconds since 1970. */
  readonly exp?: number | undefined;
}

/** How tokens are verified, and what their claims mean. One of `secret`, `publicKey` and `jwks` is needed. */
export interface JwtAuthOptions {
  /** Shared secret (HS256, HS384, HS512), at least 32 bytes. */
  readonly secret?: string | Uint8Array;
  /** Public key in PEM (SPKI). `algorithms` says for which algorithm. */
  readonly publicKey?: string;
  /** Address of a JSON Web Key Set, fetched when needed and kept; keys may be rotated there. */
  readonly jwks?: string | URL;
  /** Algorithms that are taken: of a secret HS256, of other keys RS256, ES256 and EdDSA by default (a PEM has one). */
  readonly algorithms?: readonly string[];
  /** Expected `iss` and `aud`; not looked at where they are left out. */
  readonly issuer?: string | readonly string[];
  readonly audience?: string | readonly string[];
  /** Seconds by which clocks may differ; 0 by default. */
  readonly clockTolerance?: number;
  /** The principal's id; the claim `sub` by default. Without one the token is not taken. */
  readonly principal?: (claims: JwtClaims) => string | undefined;
  /** What it may read and write; the claim `groups` by default. */
  readonly groups?: (claims: JwtClaims) => readonly Grant[];
}

/** Who shows a valid token. */
export interface JwtPrincipal extends Principal {
  readonly claims: JwtClaims;
  readonly grants: Grants;
}

/**
 * JSON Web Tokens. Needs the package `jose`, which apps without them need not install. A token without `exp` is not
 * taken.
 *
 * @throws AtomSyncServerError `BAD_OPTION`
 * @example
 * AtomSyncModule.forRoot({ auth: new JwtAuth({ jwks: 'https://id.example.com/.well-known/jwks.json', issuer: 'https://id.example.com/' }) })
 */
export class JwtAuth implements SyncAuth<JwtPrincipal> {
  readonly #options: JwtAuthOptions;
  #verifier: Promise<Verify> | undefined;

  constructor(options: JwtAuthOptions) {
    this.#options = checked(options);
  }

  async authenticate({ user, token }: Credentials): Promise<JwtPrincipal | null> {
    if (token === undefined) return null;
    this.#verifier ??= verifier(this.#options);
    const verify = await this.#verifier.catch((error: unknown) => {
      this.#verifier = undefined;
      throw error;
    });
    const claims = await verify(token);
    const { principal = subject, groups = claimedGroups } = this.#options;
    const id = claims && principal(claims);
    if (claims?.exp === undefined || id === undefined || id === '') return null;
    if (user !== undefined && user !== id) return null;
    const expiresAt = (claims.exp + (this.#options.clockTolerance ?? 0)) * 1000;
    return { id, expiresAt, claims, grants: new Grants(groups(claims)) };
  }

  authorize({ principal, ...asked }: AuthorizeRequest<JwtPrincipal>): boolean {
    return principal.grants.may(asked);
  }

  readRights({ grants }: JwtPrincipal, group: string): string {
    return grants.readRights(group);
  }
}

/** The claims of a token, also of an expired one; `undefined` for one that is not to be believed. */
type Verify = (token: string) => Promise<JwtClaims | undefined>;

async function verifier(options: JwtAuthOptions): Promise<Verify> {
  const jose = await import('jose').catch((cause: unknown) => {
    const message = 'JwtAuth needs the package jose, which is not installed: npm install jose';
    throw new AtomSyncServerError('BAD_OPTION', message, { cause });
  });
  const { secret, publicKey, jwks, issuer, audience, clockTolerance = 0 } = options;
  const algorithms = [...(options.algorithms ?? (secret === undefined ? ASYMMETRIC : ['HS256']))];
  const rules = {
    algorithms,
    clockTolerance,
    ...(issuer !== undefined && { issuer: typeof issuer === 'string' ? issuer : [...issuer] }),
    ...(audience !== undefined && { audience: typeof audience === 'string' ? audience : [...audience] }),
  };
  const key =
    secret === undefined ? publicKey && (await jose.importSPKI(publicKey, algorithms[0]!)) : bytesOf(secret);
  const keys = jwks === undefined ? undefined : jose.createRemoteJWKSet(new URL(jwks));
  const verify = async (token: string): Promise<JwtClaims> =>
    keys === undefined
      ? (await jose.jwtVerify(token, key as Exclude<typeof key, string | undefined>, rules)).payload
      : (await jose.jwtVerify(token, keys, rules)).payload;
  return async (token) => {
    try {
      return await verify(token);
    } catch (error) {
      if (error instanceof jose.errors.JWTExpired) return error.payload;
      if (UNAVAILABLE.has((error as { code?: unknown }).code) || !(error instanceof jose.errors.JOSEError))
        throw error;
      return undefined;
    }
  };
}

const ASYMMETRIC = ['RS256', 'ES256', 'EdDSA'];

/** The keys could not be had, which says nothing about the token. */
const UNAVAILABLE: ReadonlySet<unknown> = new Set([
  'ERR_JWKS_TIMEOUT',
  'ERR_JOSE_GENERIC',
  'ERR_JWKS_INVALID',
]);

const subject = ({ sub }: JwtClaims): string | undefined => sub;

const claimedGroups = ({ groups }: JwtClaims): readonly Grant[] =>
  Array.isArray(groups) ? groups.filter((group): group is string => typeof group === 'string') : [];

const bytesOf = (secret: string | Uint8Array): Uint8Array =>
  typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;

function checked(options: JwtAuthOptions): JwtAuthOptions {
  const { secret, publicKey, jwks, algorithms } = options;
  const given = [secret, publicKey, jwks].filter((each) => each !== undefined).length;
  if (given !== 1) throw bad(`has ${given} of secret, publicKey and jwks; give it one`);
  if (secret !== undefined && bytesOf(secret).length < 32) {
    throw bad(`has a secret of ${bytesOf(secret).length} bytes; take at least 32 random ones`);
  }
  if (publicKey !== undefined && algorithms?.length !== 1) {
    throw bad('has a publicKey; say the one algorithm it is for, as in algorithms: ["ES256"]');
  }
  const symmetric = algorithms?.some((name) => name.startsWith('HS')) ?? false;
  if (algorithms !== undefined && symmetric !== (secret !== undefined)) {
    throw bad(
      `has the algorithms ${algorithms.join(', ')}; those with HS are for a secret, and the others not`,
    );
  }
  if (algorithms?.includes('none')) throw bad('has the algorithm none, which signs nothing; leave it out');
  return options;
}

function bad(what: string): AtomSyncServerError {
  return new AtomSyncServerError('BAD_OPTION', `JwtAuth ${what}.`);
}
