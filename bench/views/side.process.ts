/*
 * One side with so many docs in a process of its own: what it takes to open the query, and what a change costs with it
 * and without. Arguments: the side, the number of docs, the most changes of one kind.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { monotonic } from '../harness/clock';
import { summary } from '../harness/statistics';
import { isDone, keyOf, viewDocs } from './docs';
import type { Measured } from './measure';
import { LIMIT, type Side } from './side';

/** Milliseconds after which no further change of one kind is made; a few are made at least. */
const LONG = 4_000;
const LEAST = 5;
const WARM_UP = 20;

async function measure(side: Side, count: number, changes: number): Promise<Measured> {
  await side.load(viewDocs(count));

  // Every doc that passes has its turn, far from the one before. A step that shares no factor with any count.
  let turn = 0;
  const nextOpen = (): string => {
    do turn = (turn + 15_485_863) % count;
    while (isDone(turn));
    return keyOf(turn);
  };
  const several = async (change: () => Promise<number> | number): Promise<number> => {
    const times: number[] = [];
    const began = monotonic();
    for (let at = 0; at < changes + WARM_UP; at++) {
      const ms = await change();
      if (at >= Math.min(WARM_UP, changes) || times.length < LEAST) times.push(ms);
      if (monotonic() - began > LONG && at >= LEAST) break;
    }
    return summary(times).median;
  };
  let version = 0;
  const behind = async (): Promise<number> => {
    const [key, text] = [nextOpen(), `Something else, ${version++}`];
    if (shown.includes(key)) return behind();
    const began = monotonic();
    await side.write(key, { text });
    return monotonic() - began;
  };

  let shown: readonly string[] = [];
  let told = (): void => undefined;
  const alone = await several(behind);
  const began = monotonic();
  await side.watch((keys) => {
    shown = keys;
    told();
  });
  const open = monotonic() - began;
  assert.equal(shown.length, LIMIT);

  let highest = 1_000_000;
  const seen = await several(async () => {
    const key = nextOpen();
    const changed = new Promise<number>((resolve) => {
      told = () => shown[0] === key && resolve(monotonic());
    });
    const start = monotonic();
    await side.write(key, { n: ++highest });
    const end = await changed;
    told = () => undefined;
    return end - start;
  });
  const unseen = await several(behind);
  return { open, alone, unseen, seen };
}

const [id, count, changes] = process.argv.slice(2) as [string, string, string];
import(join(__dirname, 'sides', `${id}.ts`))
  .then(({ side }: { readonly side: Side }) => measure(side, Number(count), Number(changes)))
  .then((measured) => process.send!(measured, () => process.exit(0)))
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
