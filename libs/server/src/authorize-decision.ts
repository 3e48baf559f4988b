import { decodeBody, type DocState, type Mutation } from '@atomsync/protocol';
import { answered } from './auth/answer';
import type { AuthorizeRequest, Principal, SyncAuth } from './auth/sync-auth';
import type { Decision } from './decide';

interface Ask {
  readonly action: 'read' | 'write';
  readonly before: DocState | undefined;
  readonly after: DocState;
}

/**
 * The decision, or a refusal where it writes, or would show, what the principal has no right to. A promise
 * only where `authorize` gives one: most answer from memory, for thousands of docs a batch.
 */
export function authorizeDecision(
  decision: Decision,
  mutation: Mutation,
  group: string,
  principal: Principal,
  auth: SyncAuth,
): Decision | Promise<Decision> {
  const asks = asksOf(decision);
  const from = (start: number): Decision | Promise<Decision> => {
    for (let at = start; at < asks.length; at++) {
      const ask = asks[at]!;
      const may = answered(auth.authorize(requestOf(ask, group, principal)), false);
      if (typeof may !== 'boolean') {
        return may.then((yes) => (yes ? from(at + 1) : refusal(ask, mutation, group, principal)));
      }
      if (!may) return refusal(ask, mutation, group, principal);
    }
    return decision;
  };
  return from(0);
}

function asksOf(decision: Decision): readonly Ask[] {
  switch (decision.kind) {
    case 'accepted':
      return decision.writes.map(({ before, after }) => ({ action: 'write', before, after }));
    case 'stale':
      return decision.docs.map((doc) => ({ action: 'read', before: doc, after: doc }));
    default:
      return [];
  }
}

const requestOf = (
  { action, before, after }: Ask,
  group: string,
  principal: Principal,
): AuthorizeRequest => ({
  principal,
  action,
  group,
  key: after.key,
  get before() {
    return valueOf(before);
  },
  get after() {
    return valueOf(after);
  },
});

const valueOf = (doc: DocState | undefined): unknown =>
  doc?.body === undefined ? undefined : decodeBody(doc.body);

function refusal(
  { action, after }: Ask,
  { number }: Mutation,
  group: string,
  principal: Principal,
): Decision {
  const [who, what, where] = [principal.id, after.key, group].map((name) => JSON.stringify(name));
  return {
    kind: 'refused',
    code: 'FORBIDDEN',
    message: `${who} may not ${action} ${what} in ${where} (mutation ${number}).`,
  };
}
