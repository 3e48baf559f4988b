/*
 * One request of a client that speaks the protocol's frames over HTTP: a conversation that ends when all has been
 * answered. The client says hello, subscribes to what it wants to hear of, and pushes; it hears what it would over a
 * socket. Pushes wait until the groups have been caught up with, as they do there.
 */
import {
  decodeUp,
  encodeUp,
  FrameReader,
  packEnd,
  packFrame,
  ProtocolError,
  type DownMessage,
  type FramesEnd,
  type Limits,
  type UpMessage,
} from '@atomsync/protocol';
import type { SyncHub } from '../hub';
import { Conversation, type Caller } from './conversation';
import { HttpError } from './http-error';

/** Where the answer goes. */
export interface FrameSink {
  write(bytes: Uint8Array): void;
  end(bytes: Uint8Array): void;
  /** Bytes that have been written and not left. */
  buffered(): number;
}

interface Said {
  readonly frame: Uint8Array;
  /** Absent where the hub will refuse it. */
  readonly message: UpMessage | undefined;
}

/** Throws `MALFORMED` for what is no list of frames. */
export function readFrames(body: Uint8Array, maxFrame: number): readonly Uint8Array[] {
  const reader = new FrameReader(maxFrame);
  const frames = reader.read(body);
  if (!reader.isBetween || reader.end !== undefined) {
    throw new HttpError(
      'MALFORMED',
      'The body is a list of frames, each behind its length, and without an end.',
    );
  }
  return frames;
}

/** Holds the conversation. `signal` ends it when the client is gone. */
export function exchange(
  hub: SyncHub,
  caller: Caller,
  frames: readonly Uint8Array[],
  sink: FrameSink,
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): void {
  const waiting: Said[] = frames.map((frame) => ({ frame, message: messageOf(frame, limits) }));
  const open = new Unanswered();
  let isOver = false;
  const over = (end: FramesEnd): void => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', aborted);
    conversation.end();
    sink.end(packEnd(end));
  };
  const aborted = (): void => conversation.end();

  const goOn = (): void => {
    while (waiting.length > 0 && open.mayTake(waiting[0]!.message)) {
      const { frame, message } = waiting.shift()!;
      if (message !== undefined) open.asked(message);
      conversation.sayFrame(frame);
    }
    if (waiting.length > 0 || !open.isEmpty) return;
    if (open.isHeard) return over({ code: 1000, reason: '' });
    // Whatever was said last has been dealt with when this is answered.
    open.asked({ type: 'ping' });
    conversation.sayFrame(PING);
  };

  const conversation: Conversation = new Conversation(hub, caller, {
    message: (message, frame) => {
      sink.write(packFrame(frame));
      open.heard(message);
      goOn();
    },
    closed: (code, reason) => over({ code, reason }),
    buffered: () => sink.buffered(),
  });
  signal.addEventListener('abort', aborted);
  goOn();
}

const PING = encodeUp({ type: 'ping' });

/** What has been asked and not answered yet. */
class Unanswered {
  readonly #catchUps = new Set<string>();
  readonly #pushes = new Map<string, number>();
  #pings = 0;
  #hello = false;
  #said = false;

  get isEmpty(): boolean {
    return this.#catchUps.size === 0 && this.#pushes.size === 0 && this.#pings === 0 && !this.#hello;
  }

  /** Whether a ping behind everything else has been answered. */
  get isHeard(): boolean {
    return this.#said;
  }

  /** One after hello, and pushes when all is caught up. */
  mayTake(message: UpMessage | undefined): boolean {
    return !this.#hello && (message?.type !== 'push' || this.#catchUps.size === 0);
  }

  asked(message: UpMessage): void {
    this.#said = false;
    if (message.type === 'hello') this.#hello = true;
    if (message.type === 'ping') this.#pings++;
    if (message.type === 'subscribe') this.#catchUps.add(message.group);
    if (message.type === 'unsubscribe') this.#catchUps.delete(message.group);
    if (message.type === 'push') this.#pushes.set(message.group, (this.#pushes.get(message.group) ?? 0) + 1);
  }

  heard(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#hello = false;
        return;
      case 'pong':
        this.#pings--;
        this.#said = this.isEmpty;
        return;
      case 'resync':
        this.#catchUps.add(message.group);
        return;
      case 'changes':
        // Also one that nobody has asked for: live frames were dropped.
        if (message.cursor === undefined) this.#catchUps.add(message.group);
        else this.#catchUps.delete(message.group);
        return;
      case 'pushed':
        return this.#answered(message.group);
      case 'error':
        if (message.group === undefined) return;
        this.#catchUps.delete(message.group);
        return this.#answered(message.group);
      case 'commits':
      case 'forget':
        return;
    }
  }

  #answered(group: string): void {
    const left = (this.#pushes.get(group) ?? 1) - 1;
    if (left > 0) this.#pushes.set(group, left);
    else this.#pushes.delete(group);
  }
}

function messageOf(frame: Uint8Array, limits: Limits): UpMessage | undefined {
  try {
    return decodeUp(frame, limits, { faults: 'keep' });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
