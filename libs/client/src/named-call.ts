import { findSwap, isNamedSwap, runWrite, type Write } from '@atomsync/atom';
import type { NamedCall } from './pending';

/** The write as name and arguments, where its function is a named swap. */
export function namedCall(write: Write): NamedCall | undefined {
  if (write.kind !== 'swap' || !isNamedSwap(write.fn)) return undefined;
  return { name: write.fn.swapName, args: write.args, path: write.path, defaults: write.defaults ?? [] };
}

/** The write that a stored call stands for; `undefined` when this program has no swap of that name. */
export function reviveCall(call: NamedCall): Write | undefined {
  const fn = findSwap(call.name);
  return fn && { kind: 'swap', fn, args: call.args, path: call.path, defaults: call.defaults };
}

/** What `write` makes of an atom's value, as a function that can be kept. */
export function runner<T>(write: Write): (value: T) => T {
  return (value) => runWrite(write, value);
}
