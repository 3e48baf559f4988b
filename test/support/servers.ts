import { spawnSync } from 'node:child_process';

/** The servers that tests use: those of the environment, or the ones on their standard local ports. */
export const POSTGRES_URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
export const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'postgres:': 5432, 'redis:': 6379 };

/**
 * `describe` where all these servers are there. Elsewhere the tests are skipped, and it is said why; with
 * `ATOMSYNC_REQUIRE_SERVERS` they run all the same, and fail.
 */
export function describeWith(...urls: readonly string[]): typeof describe.skip {
  const missing = urls.filter((url) => !isThere(url));
  if (missing.length === 0 || process.env['ATOMSYNC_REQUIRE_SERVERS'] !== undefined) return describe;
  console.warn(`Skipped: nothing answers at ${missing.map((url) => new URL(url).host).join(' and ')}.`);
  return describe.skip;
}

/** Suites are declared at once, so this waits. */
function isThere(url: string): boolean {
  const { hostname, port, protocol } = new URL(url);
  const to = JSON.stringify({ host: hostname, port: Number(port) || DEFAULT_PORTS[protocol] });
  const program = `require('node:net').connect(${to}).once('connect', () => process.exit(0)).once('error', () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', program], { timeout: 10_000 }).status === 0;
}
