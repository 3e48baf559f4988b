import { readFileSync, readlinkSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalStoreError } from './local-store-error';

/*
 * Every process lays a claim of its own, `<pid>.<nonce>.lock`, and then looks for others'. Claims of dead
 * processes are removed, which is safe because nobody else's claim has that name; a living one means that the
 * directory is taken. Of two that come at the same moment both see the other: the one with the greater name
 * gives way, the other tries again.
 *
 * A process of this system is dead when the system says so. One of another machine, or another container,
 * cannot be asked for: it is dead when it has not touched its claim for a while, by the file system's clock.
 */
const ours = /^\d+\.[0-9a-z]+\.lock$/;
const attempts = 5;
const betweenAttempts = 40;
const touchEvery = 5_000;
const deadAfter = 30_000;

/** Who holds a claim, and enough to tell a dead process from a living one that got its pid. */
interface Claimant {
  readonly pid: number;
  readonly host: string;
  /** Where pids have one meaning: the host, and the container within it. */
  readonly pids: string;
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
      return hold(directory, name);
    }
    await release(directory, name);
    const givesWay = others.some((other) => other.name < name);
    if (givesWay || attempt === attempts) throw locked(directory, first.claimant);
    await sleep(betweenAttempts);
  }
};

/** The claims this process holds: with them, a claim under our own pid that is not ours is a dead one's. */
const held = claimsOfThisProcess();

const hold = (directory: string, name: string): { release(): Promise<void> } => {
  const path = join(directory, name);
  held.add(path);
  // eslint-disable-next-line no-restricted-syntax -- a scheduler's timer would keep the process from ending
  const touching = setInterval(() => {
    // A touch that fails is made up for by the next.
    touch(path).catch(() => {});
  }, touchEvery);
  touching.unref();
  return {
    release: () => {
      clearInterval(touching);
      return release(directory, name);
    },
  };
};

/** Writes, rather than setting a time, so that the file system's clock counts. */
const touch = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    await handle.write('{', 0);
  } finally {
    await handle.close();
  }
};

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
    if (claimant && (await isAlive(claimant, join(directory, name), join(directory, own))))
      living.push({ name, claimant });
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

const isAlive = async (claimant: Claimant, path: string, own: string): Promise<boolean> => {
  if (claimant.pids !== pidsHere()) return wasTouched(path, own);
  if (claimant.pid === process.pid && claimant.started === undefined) return held.has(path);
  const started = startOf(claimant.pid);
  return processExists(claimant.pid) && (started === undefined || started === claimant.started);
};

/** Both times are the file system's, which may have another clock than this machine. */
const wasTouched = async (path: string, own: string): Promise<boolean> => {
  try {
    const [theirs, ours] = await Promise.all([stat(path), stat(own)]);
    return ours.mtimeMs - theirs.mtimeMs < deadAfter;
  } catch {
    return false;
  }
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
export const claimOf = (pid: number): Claimant => ({
  pid,
  host: hostname(),
  pids: pidsHere(),
  started: startOf(pid),
});

const pidsHere = (): string => {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
};

const locked = (directory: string, { pid, host }: Claimant): LocalStoreError =>
  new LocalStoreError(
    'STORE_LOCKED',
    `The directory '${directory}' is in use by process ${pid} on '${host}': one store at a time works on it. ` +
      `Close that one, or choose another directory. (What a dead process of another machine or container left ` +
      `counts for ${deadAfter / 1000} s more.)`,
  );

/** Shared by all copies of this module that a process may have loaded. */
function claimsOfThisProcess(): Set<string> {
  const key = Symbol.for('@atomsync/client:directory-locks');
  const registry = globalThis as { [key]?: Set<string> };
  return (registry[key] ??= new Set());
}
