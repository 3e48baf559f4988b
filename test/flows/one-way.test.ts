import { atom } from '@atomsync/atom';
import { publishAtom, subscribeAtom } from '@atomsync/client';
import { Subject } from 'rxjs';
import { Stage } from '../support/stage';
import { taken, until } from '../support/until';

interface AppState {
  readonly count: number;
  readonly items: readonly string[];
}

describe('one-way sync, against a server process', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it('carries the first value and three swaps as updates with before and after', async () => {
    const source = atom<AppState>({ count: 0, items: [] });
    const target = atom<Partial<AppState>>({});
    const updates$ = new Subject<[Partial<AppState>, Partial<AppState>]>();
    const first = taken(updates$, 1);
    const all = taken(updates$, 4);
    const publishing = publishAtom(stage.client('publisher'), source, {
      atomId: 'app-state',
      channel: 'atom-sync',
    });
    subscribeAtom(stage.client('subscriber'), target, {
      atomId: 'app-state',
      channel: 'atom-sync',
      onUpdate: (before, after) => updates$.next([before, after]),
    });
    expect(await first).toEqual([[{}, { count: 0, items: [] }]]);

    source.swap((state) => ({ ...state, count: 1 }));
    source.swap((state) => ({ ...state, items: ['apple'] }));
    source.swap((state) => ({ count: 2, items: [...state.items, 'banana'] }));
    expect((await all).slice(1)).toEqual([
      [
        { count: 0, items: [] },
        { count: 1, items: [] },
      ],
      [
        { count: 1, items: [] },
        { count: 1, items: ['apple'] },
      ],
      [
        { count: 1, items: ['apple'] },
        { count: 2, items: ['apple', 'banana'] },
      ],
    ]);
    expect(target.value).toEqual(source.value);
    publishing.unsubscribe();
  });

  it('brings nothing after unsubscribe, on either side', async () => {
    const publisher = stage.client('publisher');
    const subscriber = stage.client('subscriber');
    const source = atom(1);
    const [stays, leaves] = [atom(0), atom(0)];
    const publishing = publishAtom(publisher, source, { atomId: 'n' });
    subscribeAtom(subscriber, stays, { atomId: 'n' });
    const leaving = subscribeAtom(subscriber, leaves, { atomId: 'n' });
    await Promise.all([until(stays, (n) => n === 1), until(leaves, (n) => n === 1)]);
    leaving.unsubscribe();
    source.reset(2);
    await until(stays, (n) => n === 2);
    expect(leaves.value).toBe(1);

    publishing.unsubscribe();
    source.reset(3);
    const last = publishAtom(publisher, atom(4), { atomId: 'n' });
    await until(stays, (n) => n === 4);
    last.unsubscribe();
  });

  it('gives a late subscriber the current value, and takes no step back when it connects again', async () => {
    const source = atom(0);
    publishAtom(stage.client('publisher'), source, { atomId: 'n' });
    const late = stage.client('late');
    for (let n = 1; n <= 5; n++) source.reset(n);
    const target = atom(-1);
    const seen: number[] = [];
    target.subscribe((n) => seen.push(n));
    subscribeAtom(late, target, { atomId: 'n' });
    await until(target, (n) => n === 5);
    late.pause();
    source.reset(6);
    late.resume();
    await until(target, (n) => n === 6);
    late.pause();
    late.resume();
    source.reset(7);
    await until(target, (n) => n === 7);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
