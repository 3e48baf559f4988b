import { type FinalResult, type Push, type Result } from '@atomsync/protocol';
import type { Principal, SyncAuth } from './auth/sync-auth';
import { authorizeDecision } from './authorize-decision';
import { checkPush, type Fault } from './check-push';
import { decide, type DecideOptions, type Decision } from './decide';
import type { Features, GroupKnowledge } from './features';
import { usedUp, type Overlay } from './overlay';
import { checkSchemaVersions } from './schema-versions';
import type { LineRow } from './store/commit-store';

/** What a push as a whole comes to. */
export type PushOutcome =
  | { readonly kind: 'decided'; readonly results: readonly Result[]; readonly fault?: Fault }
  | { readonly kind: 'resync'; readonly reason: 'purged' | 'cursor' }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface PushDeps extends Omit<DecideOptions, 'run'> {
  readonly auth: SyncAuth;
  /** Hears what clients are only told in general terms. */
  readonly onFault: (error: unknown) => void;
  readonly features: Features;
}

/**
 * Decides the mutations of one push in their order, each on what the one before left. A stale one ends it:
 * those behind it were made on top of it. A failing `authorize` ends it too, with what came before kept, and so does
 * one whose program must be upgraded first.
 */
export async function decidePush(
  overlay: Overlay,
  push: Push,
  principal: Principal,
  deps: PushDeps,
): Promise<PushOutcome> {
  const { group, clientId, base, mutations } = push;
  const line = overlay.line(group, clientId) ?? newLine(push, principal, deps.now);
  const fault = checkPush(push, line, principal);
  if (fault !== undefined) return { kind: 'failed', fault };
  const fresh = mutations.some(({ number }) => number > line.last);
  if (fresh && base < overlay.purgedThrough(group)) return { kind: 'resync', reason: 'purged' };
  if (fresh && base > overlay.head(group)) return { kind: 'resync', reason: 'cursor' };

  const known = deps.features.of(group);
  const options = { ...deps, run: known.run };
  const results: Result[] = [];
  const final: FinalResult[] = [];
  const exact = new Set<number>();
  const undone = new Set<string>();
  let standing = overlay.standing(group, clientId);
  let failure: Fault | undefined;
  for (const mutation of mutations) {
    if (mutation.number > standing.last) {
      failure = checkSchemaVersions(group, mutation, standing.doc, known.compatibleWith);
      if (failure !== undefined) break;
    }
    const judged = judge(group, known, decide(standing, { base, exact, undone }, mutation, options), deps);
    let decision: Decision;
    try {
      const authorized = authorizeDecision(judged, mutation, group, principal, deps.auth);
      decision = authorized instanceof Promise ? await authorized : authorized;
    } catch (error) {
      deps.onFault(error);
      failure = { code: 'RETRY_LATER', message: 'Rights could not be looked up. Push again.' };
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
  if (failure === undefined) return { kind: 'decided', results };
  return results.length === 0
    ? { kind: 'failed', fault: failure }
    : { kind: 'decided', results, fault: failure };
}

/** A schema that throws has refused, and costs the others of the batch nothing. */
function judge(group: string, known: GroupKnowledge, decision: Decision, { onFault }: PushDeps): Decision {
  try {
    return known.judge(decision);
  } catch (error) {
    onFault(error);
    return { kind: 'refused', code: 'INVALID', message: `The schema of ${JSON.stringify(group)} failed.` };
  }
}

const isRefusal = (decision: Decision): boolean =>
  decision.kind === 'refused' || (decision.kind === 'repeated' && decision.result.kind === 'refused');

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
