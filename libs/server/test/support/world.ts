import { encodeBody, type DownMessage, type FeedCursor, type Mutation, type Push } from '@atomsync/protocol';
import { SyncHub } from '../../src/hub';
import type { HubConfig } from '../../src/hub-options';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { MemoryLink } from './memory-link';

/** Lets everything that needs no clock happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

let ids = 0;

export const openHub = (config: Partial<HubConfig> = {}): Promise<SyncHub> =>
  SyncHub.open({
    store: new MemoryCommitStore(),
    clock: () => 1_000_000,
    randomId: () => `epoch-${++ids}`,
    ...config,
  });

export const put = (key: string, value: unknown) =>
  ({ kind: 'put', key, schemaVersion: 1, body: encodeBody(value) }) as const;

export const mutation = (
  number: number,
  changes: Mutation['changes'],
  rest: Partial<Mutation> = {},
): Mutation => ({
  number,
  changes,
  reads: [],
  madeAt: 999_000,
  ...rest,
});

export const pushOf = (
  clientId: string,
  base: number,
  mutations: readonly Mutation[],
  group = 'g',
  seen = 0,
): Push => ({
  type: 'push',
  group,
  clientId,
  base,
  seen,
  mutations,
});

/** A client that has said hello. */
export async function connect(
  hub: SyncHub,
  clientId: string,
  user?: string,
  token?: string,
): Promise<MemoryLink> {
  const link = new MemoryLink();
  hub.accept(link);
  link.say({
    type: 'hello',
    clientId,
    ...(user !== undefined && { user }),
    ...(token !== undefined && { token }),
  });
  await settle();
  return link;
}

/** Subscribes, and gives what came back up to the last page. */
export async function subscribe(
  link: MemoryLink,
  {
    group = 'g',
    prefix,
    cursor,
    lines = [],
  }: { group?: string; prefix?: string; cursor?: FeedCursor; lines?: string[] } = {},
): Promise<DownMessage[]> {
  link.take();
  link.say({
    type: 'subscribe',
    group,
    lines,
    ...(prefix !== undefined && { prefix }),
    ...(cursor !== undefined && { cursor }),
  });
  await settle();
  return link.take();
}

export const cursorOf = (messages: readonly DownMessage[]): FeedCursor => {
  for (const message of messages) if (message.type === 'changes' && message.cursor) return message.cursor;
  throw new Error('no last page among the messages');
};
