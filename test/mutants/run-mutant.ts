import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutants';

const ROOT = resolve(__dirname, '../..');
const HOOK = join(__dirname, 'hook.cjs');

/** What became of one planted fault. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly caught: boolean;
  /** Who was to catch it. */
  readonly by: string;
  /** Histories, or tests, that were run until it was. */
  readonly runs: number;
  readonly seconds: number;
  /** What was found, in a line; or what is wrong with the mutant. */
  readonly found: string;
}

/** Why a mutant can no longer be planted; absent when it can. */
export function misplaced({ file, edits }: Pick<Mutant, 'file' | 'edits'>): string | undefined {
  const path = join(ROOT, 'libs', file);
  if (!existsSync(path)) return `libs/${file} is not there.`;
  const text = readFileSync(path, 'utf8');
  const lost = edits.find(([from]) => text.split(from).length !== 2);
  return lost && `libs/${file} does not have this once: ${lost[0]}`;
}

/** Runs the tests that have to catch a mutant, with it planted; at most `runs` histories. */
export async function runMutant(mutant: Mutant, runs: number): Promise<Verdict> {
  const fault = misplaced(mutant);
  const by = nameOf(mutant);
  if (fault !== undefined) return { mutant, caught: false, by, runs: 0, seconds: 0, found: fault };
  const folder = mkdtempSync(join(tmpdir(), 'atomsync-mutant-'));
  const seen = join(folder, 'seen');
  const began = performance.now();
  try {
    const { code, said } = await run(commandOf(mutant, runs), {
      ATOMSYNC_MUTANT: JSON.stringify({ file: join(ROOT, 'libs', mutant.file), edits: mutant.edits }),
      ATOMSYNC_MUTANT_SEEN: seen,
    });
    const seconds = (performance.now() - began) / 1000;
    if (!existsSync(seen)) {
      const found = `Nothing that was run reads libs/${mutant.file}. It said:\n${said.slice(-2000)}`;
      return { mutant, caught: false, by, runs: 0, seconds, found };
    }
    return { mutant, caught: code !== 0, by, seconds, ...summary(mutant, said, code) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf({ caughtBy }: Mutant): string {
  return 'faults' in caughtBy ? `simulation, ${caughtBy.faults.join(' ')}` : caughtBy.test;
}

function commandOf({ caughtBy }: Mutant, runs: number): string[] {
  if ('faults' in caughtBy) {
    const main = join(ROOT, 'test/simulation/main.ts');
    const asked = ['--runs', String(runs), '--jobs', '1', '--as-is', '--faults', caughtBy.faults.join(',')];
    return ['--require', '@swc-node/register', main, ...asked];
  }
  const titles = caughtBy.titles === undefined ? [] : ['--testNamePattern', caughtBy.titles];
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  return [jest, '--runInBand', '--bail', '--testTimeout', '8000', '--forceExit', ...titles, caughtBy.test];
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--require', HOOK, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, ATOMSYNC_LONG: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

function summary({ caughtBy }: Mutant, said: string, code: number | null): Pick<Verdict, 'runs' | 'found'> {
  if ('faults' in caughtBy) {
    const held = Number([...said.matchAll(/^(\d+)\/\d+ histories/gm)].at(-1)?.[1] ?? 0);
    const what = /^Seed \d+: (.*)$/m.exec(said)?.[1];
    return { runs: held + (code === 0 ? 0 : 1), found: what ?? said.slice(-300) };
  }
  const [, failed, passed] =
    /Tests:\s+(?:(\d+) failed, )?(?:\d+ skipped, )?(?:(\d+) passed, )?/.exec(said) ?? [];
  const what = /^ {2}● (.*)$/m.exec(said)?.[1];
  return { runs: Number(failed ?? 0) + Number(passed ?? 0), found: what ?? said.slice(-300) };
}
