import type { FaultName } from '../simulation/faults';

/** Who has to notice a planted fault. */
export type Catcher =
  /** The simulation, with these faults. */
  | { readonly faults: readonly FaultName[] }
  /** A test file, and the titles of the tests in it. */
  | { readonly test: string; readonly titles?: string };

/** A fault that is planted in one source file, to see whether the proofs of a guarantee bite. */
export interface Mutant {
  readonly name: string;
  /** Numbers of the guarantees that it breaks, as in docs/GUARANTEES.md. */
  readonly breaks: readonly number[];
  /** Below `libs`. */
  readonly file: string;
  /** Each text is there exactly once, and is replaced by the other. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  readonly caughtBy: Catcher;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledged and shown before the commit',
    breaks: [1, 4],
    file: 'server/src/commit-batch.ts',
    edits: [
      [
        'return await store.write(async (tx) => {',
        'return await new Promise<Committed>((early, failed) => void store.write(async (tx) => {',
      ],
      [
        'return { pushes, writes, commits: overlay.commits(), stored: overlay.stored() };\n    });',
        'const all = { pushes, writes, commits: overlay.commits(), stored: overlay.stored() }; early(all); return all;\n    }).catch(failed));',
      ],
    ],
    caughtBy: { faults: ['server-crash', 'store-slow', 'cut'] },
  },
  {
    name: 'no deduplication: a number is decided again',
    breaks: [2],
    file: 'server/src/decide.ts',
    edits: [['if (mutation.number <= standing.last) return', 'if (mutation.number < 0) return']],
    caughtBy: { test: 'libs/server/test/decide.test.ts' },
  },
  {
    name: 'the first answer of a number is forgotten',
    breaks: [2, 14],
    file: 'server/src/overlay.ts',
    edits: [['[...line.results, ...results]', '[...results]']],
    caughtBy: { faults: ['cut', 'half-open', 'repeat', 'refuse', 'crash'] },
  },
  {
    name: 'no gap check: commits are applied on whatever there is',
    breaks: [6],
    file: 'client/src/apply.ts',
    edits: [['if (message.from > position.version) {', 'if (message.from < 0) {']],
    caughtBy: { faults: ['drop'] },
  },
  {
    name: 'commits that are there already are applied again',
    breaks: [8],
    file: 'client/src/apply.ts',
    edits: [['if (commit.version > position.version) {', 'if (commit.version > 0) {']],
    caughtBy: { faults: ['repeat', 'offline'] },
  },
  {
    name: 'a push goes on behind a stale mutation',
    breaks: [3],
    file: 'server/src/decide-push.ts',
    edits: [
      [
        'results.push({ number: mutation.number, ...decision });\n      break;',
        'results.push({ number: mutation.number, ...decision });\n      continue;',
      ],
    ],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'a lost broadcast is not noticed by the heartbeat',
    breaks: [6, 7],
    file: 'client/src/sync.ts',
    edits: [['live && head > replica.version', 'live && head < 0']],
    caughtBy: { faults: ['drop'] },
  },
  {
    name: 'the cursor is stored before the docs',
    breaks: [6, 9],
    file: 'client/src/journal.ts',
    edits: [
      [
        'await store.append(current.toLocalBatch());',
        'const { cursor: early, ...rest } = current.toLocalBatch(); store.append({ ...(early && { cursor: early }) }).catch(() => undefined); await store.append(rest);',
      ],
    ],
    caughtBy: { faults: ['crash'] },
  },
  {
    name: 'tombstones are left out of catch-ups',
    breaks: [6, 10],
    file: 'server/src/store/memory-commit-store.ts',
    edits: [['doc.body !== undefined || doc.version > withoutTombstonesThrough', 'doc.body !== undefined']],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'the purge horizon is not looked at',
    breaks: [10],
    file: 'server/src/feeds/check-cursor.ts',
    edits: [["if (version < facts.purgedThrough) return 'purged';", '']],
    caughtBy: { faults: ['offline', 'purge'] },
  },
  {
    name: 'epochs are not looked at: any version of any life counts',
    breaks: [11],
    file: 'server/src/feeds/check-cursor.ts',
    edits: [['if (version > (facts.headAtEnd ?? facts.head))', 'if (version < 0)']],
    caughtBy: { faults: ['restore'] },
  },
  {
    name: 'pending is dropped on resync',
    breaks: [7, 14],
    file: 'client/src/replica.ts',
    edits: [
      [
        'const leaving = state.lines.leave(step);',
        'const leaving = state.lines.leave(step); if (step.full) this.pending.clear();',
      ],
    ],
    caughtBy: { faults: ['offline', 'purge', 'restore'] },
  },
  {
    name: 'what a restored server lost is not offered again',
    breaks: [11],
    file: 'client/src/replica.ts',
    edits: [['if (step.lostData) this.#offerAgain', 'if (step.version < 0) this.#offerAgain']],
    caughtBy: { faults: ['restore'] },
  },
  {
    name: 'what waits for an answer is not offered again to a restored server',
    breaks: [11, 14],
    file: 'client/src/replica.ts',
    edits: [[', ...lines.takeLost(step.used)];', '];']],
    caughtBy: { test: 'test/simulation/found.test.ts' },
  },
  {
    name: 'an answer is taken that names a commit which has not come',
    breaks: [6, 15],
    file: 'client/src/sync.ts',
    edits: [["result.kind === 'accepted' && result.version > version,", 'false,']],
    caughtBy: { faults: ['drop', 'lag', 'rights'] },
  },
  {
    name: 'pages that go on from a lost frame are applied',
    breaks: [6],
    file: 'client/src/apply.ts',
    edits: [['              if (message.from > position.version) return;', '']],
    caughtBy: { faults: ['drop', 'slow', 'lag'] },
  },
  {
    name: 'what is offered again keeps its old line',
    breaks: [2, 11],
    file: 'client/src/renumber.ts',
    edits: [['  state.lines.begin(state.rules.newClientId());\n', '']],
    caughtBy: { faults: ['restore', 'offline'] },
  },
  {
    name: 'a page of a catch-up is shown before the others',
    breaks: [4],
    file: 'client/src/apply.ts',
    edits: [
      [
        'if (message.cursor === undefined) return;',
        'if (message.cursor === undefined) { const early = catchUp(pages, { full, lostData }, { token: "", version: position.version }, message.lines); pages = []; full = false; subscriber.next([{ ...early, token: undefined }]); return; }',
      ],
    ],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'rebase is skipped',
    breaks: [5, 7],
    file: 'client/src/rebase.ts',
    edits: [['mutation.unfounded !== true && !touches(mutation, differing)', 'mutation.order > 0']],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'a stale write is accepted',
    breaks: [5],
    file: 'server/src/decide.ts',
    edits: [['if (changes.some(({ key }) => moved(key))) return true;', '']],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'what a swap read is not compared',
    breaks: [5],
    file: 'server/src/decide.ts',
    edits: [['head - base !== exact.size : reads.some(moved);', 'head - base !== exact.size : false;']],
    caughtBy: { faults: ['offline', 'lag'] },
  },
  {
    name: 'a refused number is not used up',
    breaks: [14],
    file: 'server/src/decide-push.ts',
    edits: [['      final.push(result);', "      if (result.kind === 'accepted') final.push(result);"]],
    caughtBy: { faults: ['refuse'] },
  },
  {
    name: 'a refusal is not kept',
    breaks: [14],
    file: 'client/src/replica.ts',
    edits: [
      [
        'const refused = [...(withdrawn?.refused ?? []), ...news, ...outcome.refused];',
        'const refused = outcome.refused;',
      ],
    ],
    caughtBy: { faults: ['refuse'] },
  },
  {
    name: 'what covered a write is not told',
    breaks: [14],
    file: 'client/src/replica.ts',
    edits: [['[...state.covered.take(), ...outcome.conflicts]', 'outcome.conflicts']],
    caughtBy: { faults: ['offline'] },
  },
  {
    name: 'a feed goes on after its right is withdrawn',
    breaks: [15],
    file: 'server/src/followed-groups.ts',
    edits: [
      [
        'if (readable) subscription.permit(this.#rights(group));',
        'if (readable || group) subscription.resume();',
      ],
    ],
    caughtBy: { faults: ['rights'] },
  },
  {
    name: 'rights are not looked at while the server ends',
    breaks: [15],
    file: 'server/src/hub-engine.ts',
    edits: [['await this.#handlers.stop();', 'this.#rights.unsubscribe(); await this.#handlers.stop();']],
    caughtBy: { test: 'test/simulation/found.test.ts' },
  },
  {
    name: 'the error of a feed is taken for the answer to a push',
    breaks: [14, 15],
    file: 'client/src/sync.ts',
    edits: [["(message.type === 'error' && message.code !== WITHDRAWN) ||", "message.type === 'error' ||"]],
    caughtBy: { faults: ['rights'] },
  },
  {
    name: 'what is on its way is told refused when a right is withdrawn',
    breaks: [14, 15],
    file: 'client/src/forget.ts',
    edits: [['const isSent = state.doubts.maybeCommitted(mutation);', 'const isSent = false;']],
    caughtBy: { faults: ['rights', 'lag'] },
  },
  {
    name: 'a follower that reads nothing keeps its live feed',
    breaks: [16],
    file: 'server/src/feeds/subscription.ts',
    edits: [
      [
        'if (this.sink.buffered() > this.deps.maxBuffered) {\n      this.#begin',
        'if (this.sink.buffered() < 0) {\n      this.#begin',
      ],
    ],
    caughtBy: { test: 'libs/server/test/hub.test.ts', titles: 'slow|buffer|drain|read' },
  },
  {
    name: 'the leading tab is not fenced: an old term is heard',
    breaks: [12],
    file: 'client/src/tabs/tabs.ts',
    edits: [['if (term.number < this.#latest) return;', '']],
    caughtBy: { faults: ['tabs'] },
  },
  {
    name: 'what an old leader had not stored counts as taken',
    breaks: [12],
    file: 'client/src/tabs/share.ts',
    edits: [[' && taken.has(redeems)) return undefined;', ') return undefined;']],
    caughtBy: { faults: ['tabs'] },
  },
  {
    name: 'a write of another tab is taken twice',
    breaks: [2, 12],
    file: 'client/src/tabs/share.ts',
    edits: [['if (taken.has(author)) return undefined;', '']],
    caughtBy: { faults: ['tabs'] },
  },
  {
    name: 'a write goes out before it is durable',
    breaks: [9],
    file: 'client/src/push.ts',
    edits: [['if (pending.order > source.durable) break;', '']],
    caughtBy: { test: 'libs/client/test/push.test.ts' },
  },
  {
    name: 'a torn record is taken for a whole one',
    breaks: [9],
    file: 'client/src/store/frames.ts',
    edits: [
      [
        'return crc32(payload, seed) === bytes.readUInt32LE(at + 4) ? payload : undefined;',
        'return payload;',
      ],
    ],
    caughtBy: { test: 'libs/client/test/store/file-local-store.test.ts' },
  },
  {
    name: 'an expired token goes on counting',
    breaks: [15],
    file: 'server/src/auth/expiry.ts',
    edits: [
      [
        'if (expiresAt === undefined) return EMPTY;',
        'if (expiresAt === undefined || expiresAt > 0) return EMPTY;',
      ],
    ],
    caughtBy: { test: 'libs/server/test/hardening/who-may-connect.test.ts' },
  },
  {
    name: 'times of a wrong clock are taken as they are',
    breaks: [13],
    file: 'client/src/rebase.ts',
    edits: [['const madeAt = rules.serverTime(mutation.madeAt);', 'const { madeAt } = mutation;']],
    caughtBy: { test: 'test/histories/clocks-and-swaps.test.ts' },
  },
  {
    name: 'names of prototypes are taken as keys',
    breaks: [17],
    file: 'protocol/src/wire/check.ts',
    edits: [['if (!isReservedName(name)) return;', 'if (name !== undefined) return;']],
    caughtBy: { test: 'libs/protocol/test/messages.test.ts' },
  },
];
