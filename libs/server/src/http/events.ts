/*
 * Hints to pull, as server-sent events: `changed` with the group and the version it has reached, first the one it has
 * when the stream begins. They carry no docs, so that a lost or a merged one costs nothing.
 */
import type { DownMessage, Version } from '@atomsync/protocol';
import type { SyncHub } from '../hub';
import { Conversation, type Caller } from './conversation';
import { tokenOf } from './cursor';
import { HttpError } from './http-error';

/** What a `GET` of the events path asks for. */
export interface EventsRequest {
  readonly groups: readonly string[];
  readonly prefix: string;
  readonly clientId: string;
}

export interface EventSink {
  /** Called once, before the first event. */
  begin(): void;
  write(text: string): void;
  end(): void;
  /** Bytes that have been written and not left. */
  buffered(): number;
  /** Calls back whenever all has left again. */
  drained(then: () => void): void;
}

/** A reader that takes so little misses hints; it gets the newest of each group when it reads on. */
const MAX_WAITING = 16 * 1024;

/**
 * Follows the groups until the reader leaves (`signal`) or the hub ends it. Rejects while nothing has been written yet:
 * where a group may not be read, say.
 */
export function events(
  hub: SyncHub,
  caller: Caller,
  { groups, prefix, clientId }: EventsRequest,
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outstanding = new Set(groups);
    const heads = new Map<string, Version>();
    let begun = false;
    let failure: HttpError | undefined;

    const over = (error?: HttpError): void => {
      signal.removeEventListener('abort', aborted);
      conversation.end();
      if (!begun) return reject(error ?? new HttpError('RETRY_LATER', 'The request was given up.'));
      if (error !== undefined) sink.write(event('error', { code: error.code, message: error.message }));
      sink.end();
      resolve();
    };
    const aborted = (): void => over();

    const tell = (): void => {
      if (!begun || sink.buffered() > MAX_WAITING) return;
      for (const [group, version] of heads) sink.write(event('changed', { group, version }));
      heads.clear();
    };
    const moved = (group: string, version: Version): void => {
      heads.set(group, version);
      outstanding.delete(group);
      if (outstanding.size === 0 && !begun) {
        begun = true;
        sink.begin();
      }
      tell();
    };

    const hear = (message: DownMessage): void => {
      switch (message.type) {
        case 'welcome':
          for (const group of groups) subscribe(group);
          return;
        case 'changes':
          if (message.cursor !== undefined) moved(message.group, message.cursor.version);
          return;
        case 'commits':
          return moved(message.group, message.to);
        case 'forget':
          if (message.keys === undefined) {
            over(new HttpError('FORBIDDEN', `${JSON.stringify(message.group)} may not be read any more.`));
          }
          return;
        case 'error':
          failure = new HttpError(message.code, message.message, message);
          if (message.group !== undefined) over(failure);
          return;
        default:
          return;
      }
    };
    const subscribe = (group: string): void => {
      hub.look(group, []).then(
        ({ head }) =>
          conversation.say({
            ...{ type: 'subscribe', group, lines: [], schemaVersion: Number.MAX_SAFE_INTEGER },
            // At the head: there is nothing to catch up with.
            cursor: { token: tokenOf(hub, group, prefix), version: head },
            ...(prefix !== '' && { prefix }),
          }),
        (error: unknown) => over(HttpError.of(error)),
      );
    };

    const conversation: Conversation = new Conversation(hub, caller, {
      message: hear,
      closed: (_code, reason) => over(failure ?? new HttpError(reason, `The server ended it (${reason}).`)),
      buffered: () => 0,
    });
    signal.addEventListener('abort', aborted);
    sink.drained(tell);
    conversation.hello(caller, clientId);
  });
}

const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
