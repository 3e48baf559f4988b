import type { Limits, Mutation, Push, Version } from '@atomsync/protocol';
import type { PendingMutation } from './pending';

/** A pending mutation, whatever its docs are. */
export type Sendable = Pick<
  PendingMutation<unknown>,
  | 'clientId'
  | 'number'
  | 'order'
  | 'changes'
  | 'reads'
  | 'readsGroup'
  | 'madeAt'
  | 'madeOn'
  | 'covers'
  | 'terms'
  | 'call'
  | 'scope'
> & { readonly edits: ReadonlyMap<string, unknown> };

/** What a push is made up from. */
export interface PushSource {
  readonly group: string;
  readonly base: Version;
  readonly pending: Iterable<Sendable>;
  /** Writes through this order are durable, and may be sent. */
  readonly durable: number;
  /** Answers through this number of a line have been dealt with for good. */
  readonly seen: (clientId: string) => number;
  /** A time of this machine's clock as the server's clock would show it. */
  readonly serverTime: (time: number) => number;
}

/** How large a push may become: the server's limits, and enough for a good batch. */
export type PushLimits = Pick<Limits, 'maxMutations' | 'maxFrame'>;

/**
 * The next push: the oldest durable mutations, of one line, never merged. `undefined` when there are none.
 */
export function nextPush(source: PushSource, limits: PushLimits): Push | undefined {
  const mutations: Mutation[] = [];
  let clientId: string | undefined;
  let bytes = 0;
  for (const pending of source.pending) {
    if (pending.order > source.durable) break;
    if (clientId !== undefined && pending.clientId !== clientId) break;
    const size = sizeOf(pending);
    if (mutations.length >= limits.maxMutations) break;
    if (mutations.length > 0 && bytes + size > limits.maxFrame / 2) break;
    clientId = pending.clientId;
    bytes += size;
    mutations.push(toMutation(pending, source));
  }
  if (clientId === undefined) return undefined;
  return {
    type: 'push',
    group: source.group,
    clientId,
    base: source.base,
    seen: source.seen(clientId),
    mutations,
  };
}

function toMutation(pending: Sendable, { base, serverTime }: PushSource): Mutation {
  const { number, changes, edits, terms, covers, madeOn } = pending;
  const reads = pending.readsGroup ? 'group' : [...pending.reads].filter((key) => !edits.has(key));
  return {
    number,
    changes,
    reads,
    madeAt: serverTime(pending.madeAt),
    ...callOf(pending),
    ...(terms.expiresAt === undefined ? {} : { expiresAt: serverTime(terms.expiresAt) }),
    ...(covers ? { madeOn: Math.min(madeOn, base) } : {}),
  };
}

/** Given along where the server may run it on its own value: not where the outcome depends on more than its docs. */
function callOf({ call, scope, readsGroup, terms }: Sendable): Pick<Mutation, 'call'> {
  if (!call || !scope || readsGroup || terms.ifStale === 'reject') return {};
  return { call: { name: call.name, args: call.input, keys: scope } };
}

/** Bytes of a frame that are not its mutations', at most. */
const FRAME_OVERHEAD = 1024;

/** Why the oldest mutation can never be sent, when it fills more than a frame by itself. */
export function oversize(oldest: Sendable, { maxFrame }: PushLimits): string | undefined {
  const size = sizeOf(oldest);
  if (size <= maxFrame - FRAME_OVERHEAD) return undefined;
  return (
    `The mutation has about ${size} bytes, and the server takes frames of up to ${maxFrame}. ` +
    `Write its docs in several steps, or split what is large into docs of its own.`
  );
}

/** An estimate that is never too small. */
function sizeOf({ changes, reads, call, scope }: Sendable): number {
  let size = 64 + (call ? call.input.length + call.name.length * 3 : 0);
  for (const change of changes) {
    size += change.key.length * 3 + 16;
    if (change.kind === 'put') size += change.body.length;
    else if (change.kind === 'patch') size += change.patch.length;
  }
  for (const key of reads) size += key.length * 3 + 3;
  for (const key of scope ?? []) size += key.length * 3 + 3;
  return size;
}
