import type { Push } from '@atomsync/protocol';
import type { Principal } from './auth/sync-auth';
import type { LineRow } from './store/commit-store';

/** Answers kept of one line in one group; a client says with each push what it has seen. */
const MAX_UNSEEN = 20_000;

/** Why a message failed as a whole. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** What keeps a push from being decided at all, so that none of its numbers is used up. */
export function checkPush(
  { clientId, mutations, seen }: Push,
  line: LineRow,
  principal: Principal,
): Fault | undefined {
  const first = mutations[0]?.number ?? 0;
  if (line.owner !== principal.id) {
    return {
      code: 'FORBIDDEN',
      message: `${JSON.stringify(principal.id)} may not write the line ${clientId}; begin one of your own.`,
    };
  }
  if (line.closed && mutations.some(({ number }) => number > line.last)) {
    return { code: 'LINE_CLOSED', message: `The line ${clientId} was closed; begin a new one.` };
  }
  if (first > line.last + 1 || mutations.some(({ number }, index) => number !== first + index)) {
    return {
      code: 'MUTATION_GAP',
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
