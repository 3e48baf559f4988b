import { ProtocolError } from '../errors/protocol-error';

/** A NOT_CARRYABLE without its path: the fast pass throws it, and `assertCarryable` then finds where. */
export function refusal(what: string): ProtocolError {
  return new ProtocolError('NOT_CARRYABLE', `Cannot carry ${what}`);
}
