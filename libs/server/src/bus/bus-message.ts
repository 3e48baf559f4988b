import { decodeDown, encodeDown, type Commit, type Version } from '@atomsync/protocol';

/** What a gateway tells others of a group. */
export interface BusMessage {
  /** Id of the epoch it was committed in. */
  readonly epoch: string;
  readonly group: string;
  /** The group goes through here. */
  readonly head: Version;
  /** The commits that led there; none where they are too much to be told, and are read from the store. */
  readonly commits: readonly Commit[];
}

/** Bytes; what is more is told of by its version alone. */
const MAX_BYTES = 1024 * 1024;

const END_OF_EPOCH = 0x0a;

/** The epoch's id, a line's end, and a frame as clients get it. */
export function encodeBusMessage({ epoch, group, head, commits }: BusMessage): Uint8Array {
  const from = (commits[0]?.version ?? head + 1) - 1;
  const frame = encodeDown({ type: 'commits', group, from, to: head, commits });
  if (frame.length > MAX_BYTES && commits.length > 0) {
    return encodeBusMessage({ epoch, group, head, commits: [] });
  }
  return Buffer.concat([Buffer.from(epoch), Uint8Array.of(END_OF_EPOCH), frame]);
}

/** Absent for what is no message of ours. */
export function decodeBusMessage(bytes: Uint8Array): BusMessage | undefined {
  const end = bytes.indexOf(END_OF_EPOCH);
  if (end < 0) return undefined;
  try {
    const message = decodeDown(bytes.subarray(end + 1));
    if (message.type !== 'commits') return undefined;
    const epoch = Buffer.from(bytes.subarray(0, end)).toString();
    return { epoch, group: message.group, head: message.to, commits: message.commits };
  } catch {
    return undefined;
  }
}
