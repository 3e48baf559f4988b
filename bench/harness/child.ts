import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where CPU profiles of every process go, when they are asked for. */
export interface ChildOptions {
  readonly profiles?: string | undefined;
  readonly ipc?: boolean;
  /** Lets it call the garbage collector. */
  readonly gc?: boolean;
}

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

/** A Node process that does not outlive this one. TypeScript is compiled on the way; the packages are the built ones. */
export function startNode(
  name: string,
  file: string,
  args: readonly string[],
  options: ChildOptions,
): ChildProcess {
  const flags = file.endsWith('.ts') ? ['--require', '@swc-node/register'] : [];
  if (options.gc === true) flags.push('--expose-gc');
  if (options.profiles !== undefined) {
    flags.push('--cpu-prof', '--cpu-prof-dir', options.profiles, '--cpu-prof-name', `${name}.cpuprofile`);
  }
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    // Production, as for every peer: no freezing, no second run of swap functions.
    env: { ...process.env, NODE_ENV: 'production', TS_NODE_PROJECT: join(__dirname, '../tsconfig.json') },
    serialization: 'advanced',
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

/** Ends a process and waits for it: gently, and after a while not. */
export async function endNode(child: ChildProcess): Promise<void> {
  if (!alive.has(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(impatient);
}

/** CPU seconds a process has used so far; `NaN` where the system does not say. */
export function cpuSeconds({ pid }: ChildProcess): number {
  try {
    // After the name, which may hold spaces: state is the first field, user and system time the 12th and 13th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

/** Bytes of a process that are in memory; `NaN` where the system does not say. */
export function residentBytes({ pid }: ChildProcess): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  } catch {
    return NaN;
  }
}

/** Calls `hear` with all that a process has printed, after every piece. */
export function onOutput(child: ChildProcess, hear: (said: string) => void): void {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => {
      said += piece.toString();
      hear(said);
    });
  }
}
