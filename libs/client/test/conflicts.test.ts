import { assoc, dissoc, inc } from '@atomsync/atom';
import type { Conflict, ConflictPolicy, Rejected, SyncedAtom } from '@atomsync/client';
import { createTestNet, type TestNet } from '@atomsync/testing';

interface Doc {
  text: string;
  n: number;
  done: boolean;
}

const base: Doc = { text: 'base', n: 1, done: false };
const textOf = [{ in: 'object', key: 'text' }];

type Who = 'mine' | 'theirs' | 'rule';
interface Policy {
  readonly onConflict: ConflictPolicy;
  readonly wins: Who;
  readonly first?: 'mine' | 'theirs' | 'both';
}

/** Joins two texts; a deleted doc stays, or becomes, what the others made of it. */
const join: ConflictPolicy = (_, mine, theirs) =>
  typeof mine === 'string' && typeof theirs === 'string' ? `${mine}+${theirs}` : theirs;

const policies: Record<string, Policy> = {
  rebase: { onConflict: 'rebase', wins: 'mine' },
  'server-wins': { onConflict: 'server-wins', wins: 'theirs' },
  'last-write-wins, mine later': { onConflict: 'last-write-wins', wins: 'mine', first: 'theirs' },
  'last-write-wins, theirs later': { onConflict: 'last-write-wins', wins: 'theirs', first: 'mine' },
  'last-write-wins, at the same time': { onConflict: 'last-write-wins', wins: 'theirs', first: 'both' },
  'a rule': { onConflict: join, wins: 'rule' },
};

const docA = { ...base, text: 'A' };
const docB = { text: 'B', n: 2, done: true };

const theirWrites: Record<string, (b: SyncedAtom<Doc>) => void> = {
  put: (b) => {
    b.put('k', docB);
  },
  patch: (b) => {
    b.patch('k', { text: 'B', done: true });
  },
  delete: (b) => {
    b.remove('k');
  },
  nothing: () => undefined,
};

const myWrites: Record<string, (a: SyncedAtom<Doc>) => unknown> = {
  put: (a) => {
    a.put('k', docA);
  },
  patch: (a) => {
    a.patch('k', { text: 'A' });
  },
  'reset through a cursor': (a) => a.at('k', 'text').reset('A'),
  remove: (a) => {
    a.remove('k');
  },
  'named swap through a cursor': (a) => a.at('k', 'n').swap(inc, 10),
  'plain function through a cursor': (a) => a.at('k').swap((doc) => ({ ...doc, n: doc.n * 10 })),
  'swap(assoc)': (a) => a.swap(assoc, 'k', docA),
  'swap(dissoc)': (a) => a.swap(dissoc, 'k'),
};

interface Outcome {
  /** The doc on both clients in the end, by who wins; one for all where there is nothing to win. */
  readonly end: Doc | undefined | Record<Who, Doc | undefined>;
  readonly conflict?: Pick<Conflict, 'path' | 'base' | 'mine' | 'theirs'>;
  /** Which side the report says was kept, where that is not who wins. */
  readonly kept?: Conflict['kept'];
  readonly rejected?: string;
}

const textConflict = { path: textOf as Conflict['path'], base: 'base', mine: 'A', theirs: 'B' };

/** What an edit of the text comes to, put, patched or reset. */
const edit: Record<string, Outcome> = {
  put: {
    end: { mine: { ...docB, text: 'A' }, theirs: docB, rule: { ...docB, text: 'A+B' } },
    conflict: textConflict,
  },
  patch: {
    end: {
      mine: { text: 'A', n: 1, done: true },
      theirs: { text: 'B', n: 1, done: true },
      rule: { text: 'A+B', n: 1, done: true },
    },
    conflict: textConflict,
  },
  delete: {
    end: undefined,
    conflict: { path: [], base, mine: docA, theirs: undefined },
    kept: 'theirs',
  },
  nothing: { end: docA },
};

const patched = { ...base, text: 'B', done: true };
const outcomes: Record<string, Record<string, Outcome>> = {
  put: edit,
  patch: edit,
  'reset through a cursor': edit,
  remove: {
    put: {
      end: { mine: undefined, theirs: docB, rule: docB },
      conflict: { path: [], base, mine: undefined, theirs: docB },
    },
    patch: {
      end: { mine: undefined, theirs: patched, rule: patched },
      conflict: { path: [], base, mine: undefined, theirs: patched },
    },
    delete: { end: undefined },
    nothing: { end: undefined },
  },
  'named swap through a cursor': {
    put: { end: { ...docB, n: 12 } },
    patch: { end: { ...patched, n: 11 } },
    delete: { end: undefined, rejected: 'NO_SUCH_DOC' },
    nothing: { end: { ...base, n: 11 } },
  },
  'plain function through a cursor': {
    put: { end: { ...docB, n: 20 } },
    patch: { end: { ...patched, n: 10 } },
    delete: { end: undefined, rejected: 'NO_SUCH_DOC' },
    nothing: { end: { ...base, n: 10 } },
  },
  'swap(assoc)': { put: { end: docA }, patch: { end: docA }, delete: { end: docA }, nothing: { end: docA } },
  'swap(dissoc)': {
    put: { end: undefined },
    patch: { end: undefined },
    delete: { end: undefined },
    nothing: { end: undefined },
  },
};

const isByWinner = (end: Outcome['end']): end is Record<Who, Doc | undefined> =>
  end !== undefined && 'mine' in end;

let net: TestNet;
afterEach(() => net.close());

describe.each(Object.entries(policies))('%s', (_policy, { onConflict, wins, first }) => {
  describe.each(Object.entries(myWrites))('own %s', (name, writeMine) => {
    it.each(Object.entries(theirWrites))("against the other's %s", async (other, writeTheirs) => {
      net = createTestNet();
      const client = net.client();
      const a = net.atom<Doc>(client, 'g', { onConflict });
      const b = net.atom<Doc>(net.client(), 'g', { onConflict });
      await net.flush();
      a.put('k', base);
      await net.flush();
      const reported: Conflict[] = [];
      const elsewhere: Conflict[] = [];
      let rejected: readonly Rejected[] = [];
      a.conflicts$.subscribe((conflict) => reported.push(conflict));
      b.conflicts$.subscribe((conflict) => elsewhere.push(conflict));
      client.sync.rejected$.subscribe((list) => (rejected = list));

      net.offline(a);
      if (first === 'theirs') writeTheirs(b);
      if (first === 'theirs') await net.flush(100);
      writeMine(a);
      if (first === 'mine') await net.flush(100);
      if (first !== 'theirs') writeTheirs(b);
      await net.flush();
      net.online(a);
      await net.flush();

      const { end, conflict, kept, rejected: code } = outcomes[name]![other]!;
      const expected = isByWinner(end) ? end[wins] : end;
      expect(a.value.get('k')).toEqual(expected);
      expect(b.value.get('k')).toEqual(expected);
      const ruled = conflict?.path.length === 0 ? 'theirs' : 'other';
      const by = kept ?? (wins === 'rule' ? ruled : wins);
      const report = { key: 'k', policy: typeof onConflict === 'function' ? 'function' : onConflict };
      expect(reported).toEqual(conflict ? [{ ...report, ...conflict, kept: by }] : []);
      // The other one is told where its value is not what came of it.
      const settled = conflict?.path.length === 0 ? expected : expected?.text;
      const theirs = conflict && { ...conflict, mine: conflict.theirs, theirs: settled };
      expect(elsewhere).toEqual(theirs && by !== 'theirs' ? [{ ...report, ...theirs, kept: 'theirs' }] : []);
      expect(rejected.map((each) => each.code)).toEqual(code ? [code] : []);
    });
  });
});
