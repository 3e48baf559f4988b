import type { Change, DocState, FeedCursor, Mutation, Result, Version } from '@atomsync/protocol';
import type { GroupGlance, SyncHub } from '../hub';
import { schemaVersionOf } from '../schema-versions';
import { talk, type Caller, type Talk } from './conversation';
import { tokenOf } from './cursor';
import { HttpError } from './http-error';
import { pull } from './pull';
import { shownDoc } from './shown-doc';
import type { LinePush, OneShot } from './write-request';

/** How often changes that nobody expects a version of are tried again, where others write the same docs. */
const TRIES = 50;
/** Docs that the answer to a stale request shows. */
const SHOWN = 100;

/** A push of the caller's own line, as it is over the socket: results by number. */
export function pushLine(hub: SyncHub, caller: Caller, push: LinePush, signal: AbortSignal): Promise<object> {
  const { group, clientId, base, seen, closed, mutations } = push;
  return talk<object>(
    hub,
    caller,
    clientId,
    {
      begin: (talking) => {
        whenAtHead(
          hub,
          group,
          mutations.flatMap(({ changes }) => changes),
          talking,
          () => {
            talking.conversation.say({ type: 'push', group, clientId, base, seen, mutations });
          },
        );
      },
      hear: (message, { conversation, answer }) => {
        if (message.type !== 'pushed') return;
        if (message.results.length < 1 && mutations.length > 0) throw resync(group, base);
        const last = message.results.at(-1);
        const through = closed && last?.kind !== 'stale' ? (last?.number ?? seen) : seen;
        if (closed) conversation.say({ type: 'seen', group, clientId, number: through, closed });
        answer({ group, clientId, results: message.results.map(shownResult) });
      },
    },
    signal,
  );
}

/**
 * Changes of no line: all of them or none, once. Where versions are expected, they must be those the docs have when the
 * changes are committed (compare-and-set).
 */
export async function writeOnce(
  hub: SyncHub,
  caller: Caller,
  write: OneShot,
  { clientId, now }: { readonly clientId: string; readonly now: number },
  signal: AbortSignal,
): Promise<object> {
  const { group, changes, expected, expiresAt } = write;
  const mutation: Mutation = {
    ...{ number: 1, changes, reads: [], madeAt: now },
    ...(expiresAt !== undefined && { expiresAt }),
  };
  let tries = 0;
  const outcome = await talk<Outcome>(
    hub,
    caller,
    clientId,
    {
      begin: (talking) => {
        whenAtHead(hub, group, changes, talking, ({ head, docs }) => {
          const unexpected = [...expected.keys()].filter((key) => versionOf(docs, key) !== expected.get(key));
          if (unexpected.length > 0) return talking.answer({ unexpected, docs });
          talking.conversation.say(once(group, clientId, head, mutation));
        });
      },
      hear: (message, { conversation, answer }) => {
        if (message.type !== 'pushed') return;
        const result = message.results[0];
        if (result === undefined) throw resync(group, 0);
        if (result.kind === 'stale') {
          const moved = result.docs.filter(
            ({ key }) => expected.has(key) && versionOf(result.docs, key) !== expected.get(key),
          );
          if (moved.length > 0) throw stale(group, expected, moved.map(shownDoc));
          if (++tries >= TRIES)
            throw new HttpError('RETRY_LATER', `Others write these docs of ${group}; try again.`);
          return conversation.say(once(group, clientId, result.version, mutation));
        }
        conversation.say({ type: 'seen', group, clientId, number: 1, closed: true });
        if (result.kind === 'refused') throw new HttpError(result.code, result.message);
        answer({ version: result.version });
      },
    },
    signal,
  );
  if ('version' in outcome) return { group, version: outcome.version };
  const { unexpected, docs } = outcome;
  const shown = unexpected
    .slice(0, SHOWN)
    .map((key) => readDoc(hub, caller, { group, key, version: versionIn(docs, key), clientId }, signal));
  throw stale(group, expected, (await Promise.all(shown)).flat());
}

type Outcome =
  | { readonly version: Version }
  | { readonly unexpected: readonly string[]; readonly docs: readonly DocState[] };

/**
 * Subscribes where nothing is to be caught up, so that the push may come. The narrowest feed that has to do with it is
 * that of its first key, which who may write it may read.
 */
function whenAtHead<T>(
  hub: SyncHub,
  group: string,
  changes: readonly Change[],
  { conversation, fail }: Talk<T>,
  then: (glance: GroupGlance) => void,
): void {
  const prefix = changes[0]?.key ?? '';
  const keys = changes.map(({ key }) => key);
  hub
    .look(group, keys)
    .then((glance) => {
      const cursor: FeedCursor = { token: tokenOf(hub, group, prefix), version: glance.head };
      conversation.say({
        ...{ type: 'subscribe', group, lines: [], cursor },
        ...(prefix !== '' && { prefix }),
        // Who only deletes is of no version.
        schemaVersion: schemaVersionOf(changes) ?? Number.MAX_SAFE_INTEGER,
      });
      then(glance);
    })
    .catch(fail);
}

const once = (group: string, clientId: string, base: Version, mutation: Mutation) =>
  ({ type: 'push', group, clientId, base, seen: 0, mutations: [mutation] }) as const;

/** A doc as the caller may read it. */
async function readDoc(
  hub: SyncHub,
  caller: Caller,
  doc: { readonly group: string; readonly key: string; readonly version: Version; readonly clientId: string },
  signal: AbortSignal,
): Promise<readonly object[]> {
  const { group, key, version } = doc;
  const since = version < 2 ? undefined : { token: tokenOf(hub, group, key), version: version - 1 };
  const clientId = `${doc.clientId} ${key}`.slice(0, 255);
  const request = { group, prefix: key, since, limit: 1, schemaVersion: Number.MAX_SAFE_INTEGER, clientId };
  const { docs } = await pull(hub, caller, request, signal);
  return docs.filter((one) => (one as { readonly key: string }).key === key);
}

/** A deleted doc is as absent as one that never was. */
const versionOf = (docs: readonly DocState[], key: string): Version =>
  docs.find((doc) => doc.key === key && doc.body !== undefined)?.version ?? 0;

const versionIn = (docs: readonly DocState[], key: string): Version =>
  docs.find((doc) => doc.key === key)?.version ?? 0;

function stale(group: string, expected: ReadonlyMap<string, Version>, docs: readonly object[]): HttpError {
  const keys = [...expected].map(([key, version]) => `${JSON.stringify(key)} at ${version}`);
  return new HttpError(
    'STALE',
    `The docs of ${JSON.stringify(group)} are not as expected (${keys.slice(0, 5).join(', ')}${keys.length > 5 ? '…' : ''}). Nothing was written; begin again with those that are there.`,
    { fields: { docs } },
  );
}

const resync = (group: string, base: Version): HttpError =>
  new HttpError(
    'RESYNC',
    `The base ${base} does not hold in ${JSON.stringify(group)}. Nothing was written; pull the group and push again.`,
  );

const shownResult = (result: Result): object =>
  result.kind === 'stale'
    ? { number: result.number, status: 'stale', version: result.version, docs: result.docs.map(shownDoc) }
    : result.kind === 'refused'
      ? { number: result.number, status: 'refused', code: result.code, message: result.message }
      : { number: result.number, status: 'accepted', version: result.version };
