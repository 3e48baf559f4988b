import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seeded } from '../../simulation/random';
import { compiledProcess } from '../../support/compiled-process';
import { Disk, readEvents, type DiskEvent } from './disk';

const SOURCE = join(__dirname, 'record-writes.c');
const HOOK = resolve(__dirname, '../../mutants/hook.cjs');

/** Why nothing can be recorded on this machine; absent where it can. */
export function cannotRecord(): string | undefined {
  if (process.platform !== 'linux')
    return `writes are recorded on Linux alone, and this is ${process.platform}`;
  const { error, status } = spawnSync('gcc', ['--version']);
  return error === undefined && status === 0 ? undefined : 'there is no gcc to compile the recorder with';
}

/** What a process did to its folder, from its first line in `acks` on, and what its folder was like by then. */
export interface Recording {
  readonly folder: string;
  readonly events: readonly DiskEvent[];
  /** How many events came before it said that it was ready. */
  readonly begin: number;
}

/** A fault to plant in a file of the built packages. */
export interface Planted {
  readonly file: string;
  readonly edits: readonly (readonly [string, string])[];
}

/** Runs a program that works in a folder, and writes down all that it does to the files there. */
export async function record(program: string, amount: number, planted?: Planted): Promise<Recording> {
  const home = mkdtempSync(join(tmpdir(), 'atomsync-power-'));
  try {
    const folder = join(home, 'disk');
    mkdirSync(folder);
    const library = join(home, 'record-writes.so');
    const compiled = spawnSync('gcc', [
      '-shared',
      '-fPIC',
      '-O1',
      '-o',
      library,
      SOURCE,
      '-ldl',
      '-lpthread',
    ]);
    if (compiled.status !== 0) throw new Error(`gcc failed:\n${compiled.stderr.toString()}`);
    const hook = planted === undefined ? [] : ['--require', HOOK];
    const child = spawn(process.execPath, [...hook, compiledProcess(program), folder, String(amount)], {
      env: {
        ...process.env,
        LD_PRELOAD: library,
        POWER_DIR: folder,
        POWER_LOG: join(home, 'log'),
        ...(planted && {
          ATOMSYNC_MUTANT: JSON.stringify(planted),
          ATOMSYNC_MUTANT_SEEN: join(home, 'seen'),
        }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${program} ended with ${code}. It said:\n${said}`);
    if (planted) readFileSync(join(home, 'seen'));
    const events = readEvents(readFileSync(join(home, 'log')));
    const begin = events.findIndex((event) => isAck(event) && event.bytes.toString() === 'ready\n') + 1;
    if (begin === 0) throw new Error('The recording has no beginning.');
    return { folder, events, begin };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const isAck = (event: DiskEvent): event is Extract<DiskEvent, { readonly kind: 'write' }> =>
  event.kind === 'write' && event.path.endsWith('/acks');

/** What is wrong with what is found in a folder, where these marks were acknowledged; absent when all is well. */
export type Look = (folder: string, acknowledged: readonly string[]) => Promise<string | undefined>;

/** Cuts the power at random moments of a recording, and looks at what each leaves; returns what was wrong. */
export async function cutPower(
  { folder, events, begin }: Recording,
  cuts: number,
  look: Look,
  seed = 1,
): Promise<string[]> {
  const random = seeded(seed);
  const moments = Array.from({ length: cuts }, () => begin + random.below(events.length - begin + 1)).sort(
    (a, b) => a - b,
  );
  const disk = new Disk();
  const acknowledged: string[] = [];
  const faults: string[] = [];
  let at = 0;
  for (const moment of moments) {
    for (; at < moment; at++) {
      const event = events[at]!;
      disk.take(event, at < begin);
      if (at >= begin && isAck(event)) acknowledged.push(event.bytes.toString().trim());
    }
    const found = mkdtempSync(join(tmpdir(), 'atomsync-cut-'));
    try {
      disk.cut(random, folder, found);
      const fault = await look(found, acknowledged);
      if (fault !== undefined) faults.push(`cut at ${moment} of ${events.length}: ${fault}`);
    } finally {
      rmSync(found, { recursive: true, force: true });
    }
  }
  return faults;
}
