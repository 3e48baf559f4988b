import {
  decodeBody,
  type DocState,
  type FinalResult,
  type Mutation,
  type Push,
  type Result,
} from '@atomsync/protocol';
import type { Principal, SyncAuth } from './auth/sync-auth';
import { decide, type DecideOptions, type Decision } from './decide';
import type { Features } from './features';
import { usedUp, type Overlay } from './overlay';
import type { LineRow } from './store/commit-store';

/** Answers kept of one line in one group; a client says with each push what it has seen. */
const MAX_UNSEEN = 20_000;

/** What a push as a whole comes to. */
export type PushOutcome =
  | { readonly kind: 'decided'; readonly results: readonly Result[]; readonly fault?: Fault }
  | { readonly kind: 'resync'; readonly reason: 'purged' | 'cursor' }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface Fault {
  readonly code: string;
  readonly message: string;
}

export interface PushDeps extends Omit<DecideOptions, 'run'> {
  readonly auth: SyncAuth;
  readonly features: Features;
}

/**
 * Decides the mutations of one push in their order, each on what the one before left. A stale one ends it:
 * those behind it were made on top of it. A failing `authorize` ends it too, with what came before kept.
 */
export async function decidePush(
  overlay: Overlay,
  push: Push,
  principal: Principal,
  deps: PushDeps,
): Promise<PushOutcome> {
  const { group, clientId, base, mutations } = push;
  const line = overlay.line(group, clientId) ?? newLine(push, principal, deps.now);
  const fault = faultOfPush(push, line, principal);
  if (fault !== undefined) return { kind: 'failed', fault };
  const fresh = mutations.some(({ number }) => number > line.last);
  if (fresh && base < overlay.purgedThrough(group)) return { kind: 'resync', reason: 'purged' };
  if (fresh && base > overlay.head(group)) return { kind: 'resync', reason: 'cursor' };

  const options = { ...deps, run: deps.features.runFor(group) };
  const results: Result[] = [];
  const final: FinalResult[] = [];
  const exact = new Set<number>();
  const undone = new Set<string>();
  let standing = overlay.standing(group, clientId);
  let failure: Fault | undefined;
  for (const mutation of mutations) {
    let decision = deps.features.judge(group, decide(standing, { base, exact, undone }, mutation, options));
    try {
      decision = await authorized(decision, mutation, group, principal, deps.auth);
    } catch (error) {
      failure = { code: 'INTERNAL', message: `Rights could not be looked up: ${String(error)}` };
      break;
    }
    if (isRefusal(decision)) for (const { key } of mutation.changes) undone.add(key);
    if (decision.kind === 'stale') {
      results.push({ number: mutation.number, ...decision });
      break;
    }
    if (decision.kind === 'repeated') {
      results.push(decision.result);
    } else {
      const result = answer(mutation.number, decision);
      results.push(result);
      final.push(result);
    }
    if (decision.kind === 'accepted') {
      overlay.commit(group, clientId, mutation.number, principal.id, decision);
      if (decision.exact) exact.add(decision.version);
    }
    // Its docs are not known, and so not what was made on top of them: the rest is pushed again.
    if (mutation.fault !== undefined) break;
    if (decision.kind !== 'repeated')
      standing = { ...overlay.standing(group, clientId), last: mutation.number };
  }
  overlay.setLine(usedUp(line, Math.min(push.seen, line.last), final, deps.now));
  return failure === undefined ? { kind: 'decided', results } : { kind: 'decided', results, fault: failure };
}

const isRefusal = (decision: Decision): boolean =>
  decision.kind === 'refused' || (decision.kind === 'repeated' && decision.result.kind === 'refused');

function faultOfPush(
  { clientId, mutations, seen }: Push,
  line: LineRow,
  principal: Principal,
): Fault | undefined {
  const first = mutations[0]?.number ?? 0;
  if (line.owner !== principal.id) {
    return {
      code: 'LINE_NOT_YOURS',
      message: `The line ${clientId} is another user's; begin one of your own.`,
    };
  }
  if (line.closed && mutations.some(({ number }) => number > line.last)) {
    return { code: 'LINE_NOT_YOURS', message: `The line ${clientId} was closed; begin a new one.` };
  }
  if (first > line.last + 1 || mutations.some(({ number }, index) => number !== first + index)) {
    return {
      code: 'NUMBER_GAP',
      message: `The line ${clientId} has used ${line.last} numbers; a push goes on from there, one by one, and this one has ${mutations
        .slice(0, 5)
        .map(({ number }) => number)
        .join(', ')}${mutations.length > 5 ? '…' : ''}.`,
    };
  }
  const unseen = line.results.filter(({ number }) => number > seen).length + mutations.length;
  if (unseen > MAX_UNSEEN) {
    return {
      code: 'RATE_LIMITED',
      message: `${unseen} answers of the line ${clientId} would wait to be seen, of at most ${MAX_UNSEEN}; say which were.`,
    };
  }
  return undefined;
}

const newLine = ({ group, clientId }: Push, principal: Principal, now: number): LineRow => ({
  group,
  clientId,
  owner: principal.id,
  last: 0,
  closed: false,
  results: [],
  updatedAt: now,
});

function answer(number: number, decision: Extract<Decision, { kind: 'accepted' | 'refused' }>): FinalResult {
  return decision.kind === 'accepted'
    ? { number, kind: 'accepted', version: decision.version }
    : { number, kind: 'refused', code: decision.code, message: decision.message };
}

/** The decision, or a refusal where it writes, or would show, what the principal has no right to. */
async function authorized(
  decision: Decision,
  mutation: Mutation,
  group: string,
  principal: Principal,
  auth: SyncAuth,
): Promise<Decision> {
  const asks =
    decision.kind === 'accepted'
      ? decision.writes.map(({ before, after }) => ({
          action: 'write' as const,
          key: after.key,
          before,
          after,
        }))
      : decision.kind === 'stale'
        ? decision.docs.map((doc) => ({ action: 'read' as const, key: doc.key, before: doc, after: doc }))
        : [];
  for (const { action, key, before, after } of asks) {
    const answered = auth.authorize({
      principal,
      action,
      group,
      key,
      get before() {
        return valueOf(before);
      },
      get after() {
        return valueOf(after);
      },
    });
    if (typeof answered === 'boolean' ? answered : await answered) continue;
    const message = `${JSON.stringify(principal.id)} may not ${action} ${JSON.stringify(key)} in ${JSON.stringify(group)} (mutation ${mutation.number}).`;
    return { kind: 'refused', code: 'FORBIDDEN', message };
  }
  return decision;
}

const valueOf = (doc: DocState | undefined): unknown =>
  doc?.body === undefined ? undefined : decodeBody(doc.body);
