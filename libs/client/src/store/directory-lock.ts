import { readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalStoreError } from './local-store-error';

/*
 * Every process lays a claim of its own, `<pid>.<nonce>.lock`, and then looks for others'. Claims of dead
 * processes are removed, which is safe because nobody else's claim has that name; a living one means that the
 * directory is taken. Of two that come at the same moment both see the other: the one with the greater name
 * gives way, the other tries again.
 */
const ours = /^\d+\.[0-9a-z]+\.lock$/;
const attempts = 5;
const betweenAttempts = 40;

/** Who holds a claim, and enough to tell a dead process from a living one that got its pid. */
interface Claimant {
  readonly pid: number;
  readonly host: string;
  /** The boot and the start of the process within it, where the system tells. */
  readonly started: string | undefined;
}

/** Keeps `directory` for this store, until `release`. Rejects with `STORE_LOCKED` when it is taken. */
export const lockDirectory = async (
  directory: string,
  random: () => number,
): Promise<{ release(): Promise<void> }> => {
  for (let attempt = 1; ; attempt++) {
    const name = `${process.pid}.${random().toString(36).slice(2) || '0'}${attempt}.lock`;
    await writeFile(join(directory, `${name}.new`), JSON.stringify(claimOf(process.pid)));
    await rename(join(directory, `${name}.new`), join(directory, name));
    const others = await livingClaims(directory, name);
    const [first] = others;
    if (!first) {
      held.add(join(directory, name));
      return { release: () => release(directory, name) };
    }
    await release(directory, name);
    const givesWay = others.some((other) => other.name < name);
    if (givesWay || attempt === attempts) throw locked(directory, first.claimant);
    await sleep(betweenAttempts);
  }
};

/** The claims this process holds: with them, a claim under our own pid that is not ours is a dead one's. */
const held = claimsOfThisProcess();

const release = async (directory: string, name: string): Promise<void> => {
  held.delete(join(directory, name));
  await rm(join(directory, name), { force: true });
};

const livingClaims = async (
  directory: string,
  own: string,
): Promise<{ readonly name: string; readonly claimant: Claimant }[]> => {
  const living = [];
  for (const name of await readdir(directory)) {
    if (name === own || !ours.test(name)) continue;
    const claimant = await readClaim(join(directory, name));
    if (claimant && isAlive(claimant, join(directory, name))) living.push({ name, claimant });
    else await rm(join(directory, name), { force: true });
  }
  return living;
};

/** A claim is renamed into place whole, so one that cannot be read was left by a power cut. */
const readClaim = async (path: string): Promise<Claimant | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Claimant;
  } catch {
    return undefined;
  }
};

const isAlive = (claimant: Claimant, path: string): boolean => {
  if (claimant.host !== hostname()) return true;
  if (claimant.pid === process.pid && claimant.started === undefined) return held.has(path);
  const started = startOf(claimant.pid);
  return processExists(claimant.pid) && (started === undefined || started === claimant.started);
};

const processExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** When a process began, as Linux tells it; elsewhere `undefined`. A zombie never did. */
const startOf = (pid: number): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // The name of the program stands in parentheses and may hold anything; the start is the 20th field after.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** What `pid` would write into its claim. */
export const claimOf = (pid: number): Claimant => ({ pid, host: hostname(), started: startOf(pid) });

const locked = (directory: string, { pid, host }: Claimant): LocalStoreError => {
  const where = host === hostname() ? '' : ` on the host '${host}'`;
  const remedy = host === hostname() ? '' : `; if that host is gone, remove the .lock files there`;
  return new LocalStoreError(
    'STORE_LOCKED',
    `The directory '${directory}' is in use by process ${pid}${where}: one store at a time works on it. ` +
      `Close that one, or choose another directory${remedy}.`,
  );
};

/** Shared by all copies of this module that a process may have loaded. */
function claimsOfThisProcess(): Set<string> {
  const key = Symbol.for('@atomsync/client:directory-locks');
  const registry = globalThis as { [key]?: Set<string> };
  return (registry[key] ??= new Set());
}
