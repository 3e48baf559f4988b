import { inc } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type SyncedAtom } from '@atomsync/client';
import { filter, firstValueFrom } from 'rxjs';
import type { SwapsModule } from '../faces/swaps';

const KEY = 'n';

export const connect: SwapsModule['connect'] = async (url, counter) => {
  const sync = openAtomSync('bench', { server: `${url}/sync` });
  const docs = syncedAtom<number>(sync, counter);
  await firstValueFrom(docs.status$.pipe(filter(({ phase }) => phase === 'live')));
  const doc = docs.at(KEY, { default: 0 });
  return {
    named: (times, ahead) => several(docs, times, ahead, () => doc.swap(inc)),
    plain: (times, ahead) => several(docs, times, ahead, () => doc.swap((n) => n + 1)),
    count: () => docs.value.get(KEY) ?? 0,
  };
};

async function several(
  docs: SyncedAtom<number>,
  times: number,
  ahead: number,
  swap: () => unknown,
): Promise<void> {
  for (let made = 0; made < times; made++) {
    swap();
    await firstValueFrom(docs.pending$.pipe(filter((pending) => pending < ahead)));
  }
  await docs.settled();
}
