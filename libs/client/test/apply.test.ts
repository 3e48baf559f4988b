import type {
  Change,
  Changes,
  Commit,
  Commits,
  DocState,
  LineState,
  Pushed,
  Result,
} from '@atomsync/protocol';
import { Subject } from 'rxjs';
import { toSteps, type Steps } from '../src/apply';
import type { GroupMessage } from '../src/connection/session';

const body = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (key: string, text = key): Change => ({ kind: 'put', key, schemaVersion: 1, body: body(text) });
const state = (key: string, version: number, text: string | undefined = key): DocState => ({
  key,
  version,
  at: version * 10,
  schemaVersion: 1,
  ...(text === undefined ? {} : { body: body(text) }),
});
const tombstone = (key: string, version: number): DocState => {
  const { body: _, ...rest } = state(key, version);
  return rest;
};

const page = (from: number, docs: DocState[], to?: number, lines: LineState[] = []): Changes => ({
  type: 'changes',
  group: 'g',
  from,
  docs,
  lines,
  ...(to === undefined ? {} : { cursor: { token: `at ${to}`, version: to } }),
});

const commit = (version: number, parts: Partial<Commit> = {}): Commit => ({
  version,
  clientId: 'other',
  number: version,
  at: version * 10,
  changes: [put(`k${version}`)],
  ...parts,
});

const live = (from: number, to: number, ...commits: Commit[]): Commits => ({
  type: 'commits',
  group: 'g',
  from,
  to,
  commits,
});

const pushed = (...results: Result[]): Pushed => ({ type: 'pushed', group: 'g', clientId: 'line', results });
const accepted = (number: number, version: number): Result => ({ number, kind: 'accepted', version });
const refused = (number: number): Result => ({ number, kind: 'refused', code: 'INVALID', message: 'no' });
const stale = (number: number): Result => ({ number, kind: 'stale', version: 9, docs: [] });

/** A stage whose replica stands where the last step brought it. */
const open = (version = 0) => {
  const position = { version };
  const messages = new Subject<GroupMessage>();
  const out: Steps[] = [];
  let pulls = 0;
  const stage$ = messages.pipe(toSteps(position, () => pulls++));
  stage$.subscribe((steps) => {
    out.push(steps);
    position.version = steps.at(-1)!.version;
  });
  return {
    messages,
    position,
    pulls: () => pulls,
    say: (...said: GroupMessage[]): Steps[] => {
      const before = out.length;
      for (const message of said) messages.next(message);
      return out.slice(before);
    },
  };
};

/** A stage that has caught up at `version`. */
const caughtUp = (version: number) => {
  const stage = open();
  stage.say(page(0, [], version));
  return stage;
};

const keysOf = (steps: Steps): string[][] => steps.map(({ docs }) => docs.map(({ change }) => change.key));

describe('toSteps, of a catch-up', () => {
  it('makes one step of all its pages, when the last one has come', () => {
    const { say } = open();
    expect(say(page(0, [state('a', 1)]), page(0, [state('b', 2)]))).toEqual([]);
    expect(say(page(0, [tombstone('c', 3)], 3))).toEqual([
      [
        {
          kind: 'catch-up',
          full: true,
          lostData: false,
          docs: [
            { at: 10, change: put('a') },
            { at: 20, change: put('b') },
            { at: 30, change: { kind: 'delete', key: 'c' } },
          ],
          version: 3,
          token: 'at 3',
          used: [],
        },
      ],
    ]);
  });

  it('replaces everything only when it began at 0', () => {
    expect(open(4).say(page(0, [], 7))[0]).toMatchObject([{ full: true }]);
    expect(open(4).say(page(4, [], 7))[0]).toMatchObject([{ full: false, version: 7 }]);
  });

  it('says where own lines stand', () => {
    const results = [accepted(3, 5), refused(4)] as LineState['results'];
    const [steps] = open().say(page(0, [], 7, [{ clientId: 'line', last: 4, results }]));
    expect(steps?.[0]?.used).toEqual([{ clientId: 'line', last: 4, results, answered: true }]);
  });

  it('forgets pages before a resync', () => {
    const { say } = open(5);
    say(page(5, [state('old', 6)]), { type: 'resync', group: 'g', reason: 'epoch' });
    const [steps] = say(page(0, [state('new', 1)], 2));
    expect(keysOf(steps!)).toEqual([['new']]);
    expect(steps).toMatchObject([{ full: true, version: 2 }]);
  });

  it.each([
    ['epoch', true],
    ['cursor', true],
    ['purged', false],
    ['feed', false],
  ] as const)('after a resync for reason %s tells whether the server has lost data', (reason, lostData) => {
    const { say } = open(5);
    const [steps] = say({ type: 'resync', group: 'g', reason }, page(0, [], 2));
    expect(steps).toMatchObject([{ full: true, lostData }]);
    expect(say(page(2, [], 3))[0]).toMatchObject([{ lostData: false }]);
  });

  it('is not applied when it begins after where the client stands', () => {
    expect(caughtUp(3).say(page(5, [state('k', 6)], 6))).toEqual([]);
  });

  it('replaces what stands, also without having been asked for', () => {
    const stage = caughtUp(9);
    const [steps] = stage.say({ type: 'resync', group: 'g', reason: 'epoch' }, page(0, [], 2));
    expect(steps).toMatchObject([{ kind: 'catch-up', full: true, version: 2 }]);
    expect(stage.position.version).toBe(2);
  });
});

describe('toSteps, of live commits', () => {
  it('makes one step of each', () => {
    const [steps] = caughtUp(3).say(live(3, 5, commit(4), commit(5)));
    expect(steps).toEqual([
      {
        kind: 'commit',
        full: false,
        lostData: false,
        docs: [{ at: 40, change: put('k4') }],
        version: 4,
        token: undefined,
        used: [{ clientId: 'other', last: 4, results: [], answered: false }],
      },
      {
        kind: 'commit',
        full: false,
        lostData: false,
        docs: [{ at: 50, change: put('k5') }],
        version: 5,
        token: undefined,
        used: [{ clientId: 'other', last: 5, results: [], answered: false }],
      },
    ]);
  });

  it('says which own number each one is, so that pending loses it in the same step', () => {
    const [steps] = caughtUp(3).say(live(3, 4, commit(4, { clientId: 'line', number: 7 })));
    expect(steps?.[0]?.used).toEqual([{ clientId: 'line', last: 7, results: [], answered: false }]);
  });

  it('moves on without docs where the feed had nothing to show', () => {
    const [steps] = caughtUp(3).say(live(3, 8));
    expect(steps).toMatchObject([{ docs: [], version: 8, used: [] }]);
    const [more] = caughtUp(3).say(live(3, 8, commit(5)));
    expect(more?.map(({ version }) => version)).toEqual([5, 8]);
  });

  it('skips commits it has, and applies the frame that holds them', () => {
    const [steps] = caughtUp(4).say(live(2, 6, commit(3), commit(4), commit(6)));
    expect(keysOf(steps!)).toEqual([['k6']]);
  });

  it('says nothing of a frame it has all of', () => {
    const stage = caughtUp(6);
    expect(stage.say(live(2, 6, commit(3), commit(6)))).toEqual([]);
    expect(stage.pulls()).toBe(0);
  });

  it('are passed over until the first catch-up', () => {
    const stage = open();
    expect(stage.say(live(0, 1, commit(1)), page(0, []), live(1, 2, commit(2)))).toEqual([]);
    expect(stage.pulls()).toBe(0);
    expect(stage.say(page(0, [], 2))).toHaveLength(1);
  });
});

describe('toSteps, of a gap', () => {
  it('pulls once, and applies nothing until the catch-up has come', () => {
    const stage = caughtUp(3);
    expect(stage.say(live(4, 5, commit(5)), live(5, 6, commit(6)), live(3, 4, commit(4)))).toEqual([]);
    expect(stage.pulls()).toBe(1);
    const [steps] = stage.say(page(3, [state('k4', 4), state('k5', 5), state('k6', 6)], 6));
    expect(steps).toMatchObject([{ kind: 'catch-up', full: false, version: 6 }]);
    expect(stage.say(live(6, 7, commit(7)))).toHaveLength(1);
  });

  it('pulls again at the next one', () => {
    const stage = caughtUp(3);
    stage.say(live(4, 5, commit(5)), page(3, [], 5), live(8, 9, commit(9)));
    expect(stage.pulls()).toBe(2);
  });
});

describe('toSteps, of answers', () => {
  const table: [string, Result[], number | undefined][] = [
    ['all whose commits are in base', [accepted(1, 4), accepted(2, 5)], 2],
    ['refused ones', [accepted(1, 4), refused(2), refused(3)], 3],
    ['those before a stale one', [accepted(1, 4), stale(2)], 1],
    ['nothing when the first is stale', [stale(1)], undefined],
    ['those before a commit that has not come', [accepted(1, 5), accepted(2, 6), refused(3)], 1],
    ['nothing when the first commit has not come', [accepted(1, 6), refused(2)], undefined],
    ['nothing of an empty answer', [], undefined],
  ];

  it.each(table)('takes %s', (_, results, last) => {
    const [steps] = caughtUp(5).say(pushed(...results));
    if (last === undefined) {
      expect(steps).toBeUndefined();
      return;
    }
    expect(steps).toEqual([
      {
        kind: 'answers',
        full: false,
        lostData: false,
        docs: [],
        version: 5,
        token: undefined,
        used: [{ clientId: 'line', last, results: results.slice(0, last), answered: true }],
      },
    ]);
  });
});

describe('toSteps, of a withdrawn right', () => {
  it('takes the docs away that it names, where base stands', () => {
    const stage = caughtUp(3);
    const said = stage.say({ type: 'forget', group: 'g', keys: ['k', 'l'] });
    expect(said.flat()).toMatchObject([
      {
        kind: 'forget',
        full: false,
        version: 3,
        docs: [{ change: { kind: 'delete', key: 'k' } }, { change: { kind: 'delete', key: 'l' } }],
      },
    ]);
  });

  it('takes all away when it names none, and hears nothing live until there is a catch-up', () => {
    const stage = caughtUp(3);
    const said = stage.say(
      { type: 'forget', group: 'g' },
      { type: 'commits', group: 'g', from: 3, to: 4, commits: [] },
    );
    expect(said.flat()).toMatchObject([{ kind: 'forget', full: true, version: 0, docs: [] }]);
  });
});

describe('toSteps, of anything else', () => {
  it('makes nothing', () => {
    const stage = caughtUp(3);
    expect(stage.say({ type: 'error', code: 'RATE_LIMITED', message: 'slow down', retryable: true })).toEqual(
      [],
    );
  });

  it('ends as its session does', () => {
    const ends: unknown[] = [];
    for (const end of ['complete', 'error'] as const) {
      const messages = new Subject<GroupMessage>();
      messages.pipe(toSteps({ version: 0 }, () => undefined)).subscribe({
        complete: () => ends.push('completed'),
        error: (error: unknown) => ends.push(error),
      });
      if (end === 'complete') messages.complete();
      else messages.error('cut');
    }
    expect(ends).toEqual(['completed', 'cut']);
  });
});
