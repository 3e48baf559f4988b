import { decodeUp, ProtocolError, type Limits, type UpMessage } from '@atomsync/protocol';

/** Why a message is not dealt with. */
export interface Refusal {
  readonly type: 'refused';
  readonly code: string;
  readonly message: string;
  readonly group?: string | undefined;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

/** A frame, decoded, or what is wrong with it. */
export function readFrame(frame: Uint8Array, limits: Limits): UpMessage | Refusal {
  try {
    return decodeUp(frame, limits, { faults: 'keep' });
  } catch (error) {
    if (!(error instanceof ProtocolError))
      return { type: 'refused', code: 'MALFORMED', message: String(error) };
    const { code, message, group } = error;
    return { type: 'refused', code, message, group };
  }
}

/** What becomes of a message that comes too early. */
export function tooMany(said: UpMessage | Refusal, retryAfter: number): Refusal {
  const message = `A connection may not send so many messages; wait ${retryAfter} ms before the next.`;
  const group = 'group' in said ? said.group : undefined;
  return { type: 'refused', code: 'RATE_LIMITED', message, group, retryAfter };
}
