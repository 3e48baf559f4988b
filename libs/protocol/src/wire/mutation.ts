import { malformed, type Reader } from '../cbor/reader';
import type { Writer } from '../cbor/writer';
import { ProtocolError } from '../errors/protocol-error';
import type { Mutation, SwapCall } from '../messages/parts';
import { readChanges, writeChanges } from './change';
import { Positions, readTexts } from './fields';
import { earlier } from './running';

/**
 * `[changes, madeAt, reads, expiresAt, call, madeOn]`: `madeAt` as the difference to the mutation before (the
 * first to the message's `time`), `reads` an array of keys or `true` for the group, `expiresAt` as the difference
 * to `madeAt`, `madeOn` as how far it lies below the push's `base`. Trailing positions are left out when there are none; the number is the place in the list.
 */
export function writeMutations(out: Writer, mutations: readonly Mutation[], base: number): void {
  out.head(4, mutations.length);
  let number = mutations[0]?.number ?? 0;
  let time = mutations[0]?.madeAt ?? 0;
  for (const mutation of mutations) {
    const { call, expiresAt, madeOn, reads } = mutation;
    if (mutation.number !== number++) {
      throw new ProtocolError(
        'MUTATION_GAP',
        `Mutation ${mutation.number} of a push follows ${number - 2}; numbers rise by one`,
      );
    }
    const hasReads = reads === 'group' || reads.length > 0;
    const positions =
      madeOn !== undefined ? 6 : call !== undefined ? 5 : expiresAt !== undefined ? 4 : hasReads ? 3 : 2;
    out.head(4, positions);
    writeChanges(out, mutation.changes);
    out.int(mutation.madeAt - time);
    time = mutation.madeAt;
    if (positions > 2) {
      if (reads === 'group') out.byte(0xf5);
      else writeTexts(out, reads);
    }
    if (positions > 3) {
      if (expiresAt === undefined) out.byte(0xf6);
      else out.int(expiresAt - mutation.madeAt);
    }
    if (call !== undefined) writeCall(out, call);
    else if (positions > 4) out.byte(0xf6);
    if (madeOn !== undefined) out.int(base - madeOn);
  }
}

export function readMutations(
  from: Reader,
  { base, first, time }: { readonly base: number; readonly first: number; readonly time: number },
  most: number,
): Mutation[] {
  const count = from.array('the mutations of a push');
  if (count > most) {
    throw new ProtocolError(
      'TOO_MANY_MUTATIONS',
      `A push with ${count} mutations; the limit is ${most}, push fewer at a time`,
    );
  }
  const mutations: Mutation[] = [];
  let madeAt = time;
  for (let i = 0; i < count; i++) {
    const positions = new Positions(from, 2, 'a mutation');
    positions.need();
    const changes = readChanges(from);
    positions.need();
    madeAt = plausible(madeAt + from.int('the time of a mutation'));
    const reads = positions.next() ? readReads(from) : [];
    const expiresAt = positions.next() ? plausible(madeAt + from.int('the expiry of a mutation')) : undefined;
    const call = positions.next() ? readCall(from) : undefined;
    const madeOn = positions.next() ? earlier(base, from) : undefined;
    positions.end();
    mutations.push({
      number: first + i,
      changes,
      reads,
      madeAt,
      ...(call && { call }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(madeOn !== undefined && { madeOn }),
    });
  }
  return mutations;
}

function plausible(time: number): number {
  if (!Number.isSafeInteger(time)) throw malformed('a time beyond 2^53 - 1');
  return time;
}

function readReads(from: Reader): string[] | 'group' {
  if (from.peekMajor() !== 7) return readTexts(from);
  if (!from.bool('the reads of a mutation')) throw malformed('false where the reads of a mutation belong');
  return 'group';
}

/** `[name, args, keys]` */
function writeCall(out: Writer, call: SwapCall): void {
  out.head(4, 3);
  out.text(call.name);
  out.bytes(call.args);
  writeTexts(out, call.keys);
}

function readCall(from: Reader): SwapCall {
  const positions = new Positions(from, 3, 'a call');
  positions.need();
  const name = from.text('the name of a swap');
  positions.need();
  const args = from.bytes('the arguments of a swap');
  positions.need();
  const keys = readTexts(from);
  positions.end();
  return { name, args, keys };
}

export function writeTexts(out: Writer, texts: readonly string[]): void {
  out.head(4, texts.length);
  for (const text of texts) out.text(text);
}
