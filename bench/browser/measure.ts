import { syncedAtom } from '@atomsync/client';
import type { BrowserProfile } from '../../test/support/browser-profile';
import type { BrowserStage } from '../../test/support/browser-stage';
import { summary } from '../harness/statistics';
import type { BenchDoc } from '../contender';
import type { BrowserContender } from './contenders';
import { benchDocs, updatedKey, type BenchPage } from './page';

const GROUP = 'bench';
/** Updates of one opening, after the first. */
const UPDATES = 30;
/** Docs of one write to the server. */
const BATCH = 1_000;

/** What one opening gave, in milliseconds; `undefined` where a side has no such thing. */
export interface Measured {
  readonly open: number;
  /** The first update after the opening, which finds nothing warm. */
  readonly first: number;
  /** The median of those after it. */
  readonly update: number;
  /** The same where nothing is said about durability, and Chromium does not wait for the disk. */
  readonly relaxed: number | undefined;
}

export interface MeasureOptions {
  readonly contenders: readonly BrowserContender[];
  readonly docs: number;
  readonly runs: number;
  /** Hears of all that takes a while. */
  readonly tell: (step: string) => void;
}

/** By contender: what each run gave. */
export type Series = ReadonlyMap<BrowserContender, readonly Measured[]>;

/**
 * Fills a kept profile for each side, then opens each in turns, in a browser process of its own, each time in
 * another order, so that what slows the machine slows all of them.
 */
export async function measure(stage: BrowserStage, options: MeasureOptions): Promise<Series> {
  const { contenders, docs, runs, tell } = options;
  const profiles = new Map<BrowserContender, BrowserProfile>();
  for (const contender of contenders) {
    tell(`filling ${contender.title}`);
    if (contender.id === 'atomsync') await fillServer(stage, docs);
    const profile = await stage.keptProfile();
    profiles.set(contender, profile);
    const tab = await profile.tab<BenchPage>(contender.id);
    await tab.call('fill', docs, stage.url);
    await tab.call('close');
    await profile.close();
  }
  const series = new Map(contenders.map((contender) => [contender, [] as Measured[]]));
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      tell(`run ${run + 1} of ${runs}: ${contender.title}`);
      series.get(contender)!.push(await runOnce(contender, profiles.get(contender)!, run, docs, stage.url));
    }
  }
  return series;
}

/** The docs come from another client, as they would on a user's second device. */
async function fillServer(stage: BrowserStage, count: number): Promise<void> {
  const client = stage.client('bench');
  const docs = syncedAtom<BenchDoc>(client, GROUP);
  await docs.ready();
  const all = [...benchDocs(count)];
  for (let at = 0; at < count; at += BATCH) docs.swap((before) => before.withAll(all.slice(at, at + BATCH)));
  await docs.settled();
  await client.close();
}

async function runOnce(
  { title, id, durabilities }: BrowserContender,
  profile: BrowserProfile,
  run: number,
  docs: number,
  server: string,
): Promise<Measured> {
  const key = updatedKey(docs);
  // Counts on through all runs, so that each opening can tell whether it found the last update.
  let stored = (docs >> 1) + run * durabilities.length * (1 + UPDATES);
  const next = (): number[] => Array.from({ length: 1 + UPDATES }, () => ++stored);
  const tab = await profile.tab<BenchPage>(id);
  const { ms, size, n } = await tab.call('open', server, key);
  if (size !== docs || n !== stored)
    throw new Error(`${title} holds ${size} of ${docs} docs, and ${n} where ${stored} was stored.`);
  const [first, ...rest] = await tab.call('update', key, next(), 'strict');
  const relaxed = durabilities.includes('default')
    ? await tab.call('update', key, next(), 'default')
    : undefined;
  await tab.call('close');
  await profile.close();
  return {
    open: ms,
    first: first!,
    update: summary(rest).median,
    relaxed: relaxed && summary(relaxed.slice(1)).median,
  };
}
