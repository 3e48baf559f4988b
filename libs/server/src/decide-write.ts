import { checkMutation, isErrorCode, ProtocolError, type Mutation } from '@atomsync/protocol';
import type { ServerWrite, WriteOutcome } from './atoms/queued-write';
import { OpenAuth } from './auth/open-auth';
import type { Fault } from './check-push';
import { decidePush, type PushDeps } from './decide-push';
import type { Overlay } from './overlay';

const TRUSTED = new OpenAuth();

/**
 * Runs a write of the server's own on the docs as they stand in this transaction, and decides it as a client's push
 * is decided. It was made on the head, so it is never stale.
 */
export async function decideWrite(
  overlay: Overlay,
  write: ServerWrite,
  deps: PushDeps,
): Promise<WriteOutcome> {
  const { group, clientId, principal, trusted } = write;
  try {
    const { head, last, doc } = overlay.standing(group, clientId);
    const changes = write.run(doc);
    if (changes.length === 0) return { kind: 'unchanged', version: head, epoch: overlay.epochOf(group) };
    const mutation: Mutation = { number: last + 1, changes, reads: [], madeAt: deps.now };
    checkMutation(mutation, deps.limits);
    setClosed(overlay, group, clientId, false);
    const push = {
      type: 'push',
      ...{ group, clientId, base: head, seen: last, mutations: [mutation] },
    } as const;
    const outcome = await decidePush(overlay, push, principal, trusted ? { ...deps, auth: TRUSTED } : deps);
    // Only this process writes in the line, and it opens it again: closed, the row can be purged one day.
    setClosed(overlay, group, clientId, true);
    const result = outcome.kind === 'decided' ? outcome.results.at(-1) : undefined;
    const commit = overlay.stored().get(group)?.at(-1);
    if (result?.kind === 'accepted' && commit?.version === result.version) {
      return { kind: 'accepted', commit };
    }
    if (result?.kind === 'refused') return failed(result);
    return failed(('fault' in outcome && outcome.fault) || NOT_DECIDED);
  } catch (error) {
    return { kind: 'failed', error };
  }
}

const NOT_DECIDED: Fault = { code: 'INTERNAL', message: 'The write was not decided. Write again.' };

function failed({ code, message }: Fault): WriteOutcome {
  return { kind: 'failed', error: new ProtocolError(isErrorCode(code) ? code : 'INTERNAL', message) };
}

function setClosed(overlay: Overlay, group: string, clientId: string, closed: boolean): void {
  const line = overlay.line(group, clientId);
  if (line !== undefined && line.closed !== closed) overlay.setLine({ ...line, closed });
}
