import { DocMap, findSwap, runWrite, type NamedSwap, type Write } from '@atomsync/atom';
import {
  assertNotReserved,
  decodeBody,
  decodeSwapInput,
  encodeBody,
  type Change,
  type DocState,
  type Mutation,
} from '@atomsync/protocol';
import type { RunCall } from './decide';
import { schemaVersionOf } from './schema-versions';

/**
 * Runs named swaps on the current docs. A call of a swap that is not among `swaps`, or one that reads or
 * writes docs outside its scope, or is of a newer schema version than a doc in it, is left to the client: it is stale,
 * and comes again.
 */
export function runCalls(swaps: readonly NamedSwap[]): RunCall {
  const known = new Map(swaps.map((swap) => [swap.swapName, swap]));
  return (mutation, doc) => {
    const { call } = mutation;
    const swap = call && known.get(call.name);
    return swap && runCall(swap, mutation, doc);
  };
}

function runCall(
  swap: NamedSwap,
  { call, changes }: Mutation,
  doc: (key: string) => DocState | undefined,
): readonly Change[] | undefined {
  if (call === undefined) return undefined;
  const version = schemaVersionOf(changes);
  const isOlder = (key: string): boolean => {
    const state = doc(key);
    return state?.body !== undefined && version !== undefined && state.schemaVersion < version;
  };
  // The client's function is for docs of its own shape, and only the client can bring these into it.
  if (call.keys.some(isOlder)) return undefined;
  const scope = new Set(call.keys);
  let outside = false;
  const docs = DocMap.fromTrusted<unknown>(bodiesOf(call.keys, doc));
  const view = docs.tracked({
    key: (key) => (outside ||= !scope.has(key)),
    all: () => (outside = true),
  });
  const input = decodeSwapInput(call.args, findSwap);
  for (const step of input.path) assertNotReserved(step, 'step of a path');
  const write: Write = { kind: 'swap', fn: swap, ...input };
  const after = runWrite(write, view).untracked();
  if (outside) return undefined;
  return [...after.changesSince(docs)].map(({ key, after: value }): Change => {
    if (value === undefined) return { kind: 'delete', key };
    const schemaVersion = version ?? doc(key)?.schemaVersion ?? 1;
    return { kind: 'put', key, schemaVersion, body: encodeBody(value) };
  });
}

function* bodiesOf(
  keys: readonly string[],
  doc: (key: string) => DocState | undefined,
): Generator<readonly [string, unknown]> {
  for (const key of keys) {
    const body = doc(key)?.body;
    if (body !== undefined) yield [key, decodeBody(body)];
  }
}
