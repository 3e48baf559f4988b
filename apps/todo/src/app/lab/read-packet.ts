import { decodeBody, decodeDown, decodeUp, type Commit, type DownMessage } from '@atomsync/protocol';
import { LAB_GROUP } from './lab-doc';
import type { Travel } from './slow-transport';

/** A message as it is drawn. */
export interface Packet {
  readonly kind: 'push' | 'news' | 'stale' | 'refused';
  readonly label: string;
}

/** A commit as the server's card shows it. */
export interface ShownCommit {
  readonly version: number;
  /** The line of mutations it is of. */
  readonly clientId: string;
  readonly what: string;
}

/** What a message tells about the lab's group. */
export interface Told {
  readonly packet?: Packet;
  /** The version that base has when the message has been taken. */
  readonly base?: number;
  readonly commits?: readonly ShownCommit[];
  /** The sender's line of mutations. */
  readonly line?: string;
}

const NOTHING: Told = {};

/** Reads a frame of the lab's clients; pings, greetings and what concerns other groups tell nothing. */
export function readPacket({ way, frame }: Pick<Travel, 'way' | 'frame'>): Told {
  if (way === 'down') return readDown(decodeDown(frame));
  const message = decodeUp(frame);
  if (message.type !== 'push' || message.group !== LAB_GROUP) return NOTHING;
  const { length } = message.mutations;
  const label = `push ${length} on v${message.base}`;
  return { packet: { kind: 'push', label }, line: message.clientId };
}

function readDown(message: DownMessage): Told {
  if (!('group' in message) || message.group !== LAB_GROUP) return NOTHING;
  switch (message.type) {
    case 'commits':
      return {
        packet: { kind: 'news', label: `v${message.to}` },
        base: message.to,
        commits: message.commits.map(shown),
      };
    case 'changes': {
      if (message.cursor === undefined) return NOTHING;
      const base = message.cursor.version;
      return message.docs.length === 0
        ? { base }
        : { base, packet: { kind: 'news', label: `catch up to v${base}` } };
    }
    case 'pushed': {
      const kinds = message.results.map(({ kind }) => kind);
      if (kinds.includes('stale')) return { packet: { kind: 'stale', label: 'stale' } };
      return kinds.includes('refused') ? { packet: { kind: 'refused', label: 'refused' } } : NOTHING;
    }
    default:
      return NOTHING;
  }
}

function shown({ version, clientId, changes }: Commit): ShownCommit {
  return { version, clientId, what: changes.map(whatOf).join(', ') };
}

function whatOf(change: Commit['changes'][number]): string {
  if (change.kind !== 'put') return change.kind;
  const doc = decodeBody(change.body) as { count?: number; text?: string; done?: boolean };
  return doc.count === undefined ? `${doc.done ? '✓ ' : ''}${doc.text ?? ''}` : `counter ${doc.count}`;
}
