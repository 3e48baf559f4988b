import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { filter, firstValueFrom, interval } from 'rxjs';
import { compiledProcess } from '../support/compiled-process';

interface Note {
  readonly id: string;
  readonly from: number;
  readonly version: number;
}

describe('a handler of commits in a process that is killed', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'atomsync-told-'));
  });

  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function start(writes: number): ChildProcess {
    const program = compiledProcess(join(__dirname, 'told.process.ts'));
    return (child = spawn(process.execPath, [program, file('data.db'), file('notes'), String(writes)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }));
  }

  const file = (name: string) => join(folder, name);

  const notes = (): Note[] =>
    (existsSync(file('notes')) ? readFileSync(file('notes'), 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Note);

  it('is told of all that it missed, and of nothing twice but what was not stored as told', async () => {
    for (const enough of [20, 60]) {
      const exited = once(start(1_000_000), 'exit');
      await firstValueFrom(
        interval(20).pipe(filter(() => notes().length >= enough || child?.exitCode !== null)),
      );
      child?.kill('SIGKILL');
      expect(await exited).toEqual([null, 'SIGKILL']);
    }
    const killed = notes();
    expect(await once(start(0), 'exit')).toEqual([0, null]);
    expect(await once(start(1), 'exit')).toEqual([0, null]);

    const told = notes();
    let through = 0;
    for (const { from, version } of told) {
      expect(from).toBeLessThanOrEqual(through);
      through = Math.max(through, version);
    }
    // Ended in good order, the last two repeat nothing of each other.
    const [last, before] = [told.at(-1), told.at(-2)];
    expect(last).toMatchObject({ from: before?.version, version: (before?.version ?? 0) + 1 });
    // Only where a process was killed does it go back.
    const back = told.filter(({ version }, i) => i > 0 && version <= told[i - 1]!.version);
    expect(back.length).toBeLessThanOrEqual(2);
    expect(killed.length).toBeGreaterThanOrEqual(60);
  }, 90_000);
});
