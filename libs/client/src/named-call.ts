import { findSwap, isNamedSwap, runWrite, type Write } from '@atomsync/atom';
import { decodeSwapInput, encodeSwapInput, isReservedName, ProtocolError } from '@atomsync/protocol';
import type { NamedCall } from './pending';

/** A write as name and arguments, with the docs it is scoped to, if these can be told beforehand. */
export interface ScopedCall {
  readonly call: NamedCall;
  readonly scope: readonly string[] | undefined;
}

/**
 * The write of a group's docs as a named call, where its function is a named swap and its arguments can be
 * carried; anything else counts as a plain function.
 */
export function namedCall(write: Write): ScopedCall | undefined {
  if (write.kind !== 'swap' || !isNamedSwap(write.fn)) return undefined;
  const { fn, args, path, defaults = [] } = write;
  try {
    const input = encodeSwapInput({ args, path, defaults }, nameOf);
    const [key] = path;
    const keys = fn.swapKeys as ((...args: readonly unknown[]) => readonly string[]) | undefined;
    const call = { name: fn.swapName, input };
    // A server runs no call on a path with such a step: it is sent as what it comes to here.
    if (path.some(isReservedName)) return { call, scope: undefined };
    return { call, scope: typeof key === 'string' ? [key] : keys?.(...args) };
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'NOT_CARRYABLE') return undefined;
    throw error;
  }
}

/** The write that a stored call stands for; `undefined` when this program has no swap of that name. */
export function reviveCall(call: NamedCall): Write | undefined {
  const fn = findSwap(call.name);
  return fn && { kind: 'swap', fn, ...decodeSwapInput(call.input, findSwap) };
}

/** What `write` makes of a value, as a function that can be kept. */
export function runner<T>(write: Write): (value: T) => T {
  return (value) => runWrite(write, value);
}

function nameOf(arg: unknown): string | undefined {
  return isNamedSwap(arg) ? arg.swapName : undefined;
}
