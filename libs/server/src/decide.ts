/*
 * ⑧ One mutation against the group as it stands:
 *
 *   number ≤ last ──────────────────────────────▶ repeated  its first answer, whatever the body
 *   expired, malformed, too large, no such swap ▶ refused   used up
 *   a touched doc is newer than base:
 *     a swap that is known here ────────────────▶ run       on the current docs, in the place of `changes`
 *     anything else ────────────────────────────▶ stale     not used up, the docs come along
 *   a patch does not fit ───────────────────────▶ refused   used up
 *   otherwise ──────────────────────────────────▶ accepted  version = head + 1, used up
 *
 * A doc newer than base does not count when its last change is an earlier mutation of the same push that was
 * accepted exactly as sent: the client made this one on top of that one. For the same reason a doc counts as
 * newer when an earlier mutation of the push that wrote it was refused.
 */
import {
  applyPatch,
  checkMutation,
  decodeBody,
  decodePatch,
  encodeBody,
  ProtocolError,
  type Body,
  type Change,
  type DocState,
  type FinalResult,
  type Limits,
  type Mutation,
  type Version,
} from '@atomsync/protocol';
import { notLowered } from './schema-versions';
import { withCover } from './covers';

/** A group and one of its lines, with all that earlier mutations of the transaction did to them. */
export interface Standing {
  readonly head: Version;
  /** Last number the line has used up, and its answers not yet seen. */
  readonly last: number;
  readonly results: readonly FinalResult[];
  /** Last state of a touched doc; absent when it never was, or was purged. */
  readonly doc: (key: string) => DocState | undefined;
}

/** What all mutations of one push have in common. */
export interface PushTerms {
  readonly base: Version;
  /** Versions that this push's own mutations were given, accepted exactly as sent. */
  readonly exact: ReadonlySet<Version>;
  /** Keys written by mutations of this push that were refused: what was made on top of those is stale. */
  readonly undone: ReadonlySet<string>;
}

/** Port: runs a mutation's named swap on current docs. Absent result: it is not known here, or not within its scope. */
export type RunCall = (
  mutation: Mutation,
  doc: (key: string) => DocState | undefined,
) => readonly Change[] | undefined;

export interface DecideOptions {
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly run?: RunCall | undefined;
}

/** What an accepted mutation does to one doc. */
export interface Write {
  readonly before: DocState | undefined;
  readonly after: DocState;
}

export type Decision =
  | {
      readonly kind: 'accepted';
      readonly version: Version;
      readonly at: number;
      /** Whether the changes are those the client sent, and not the server's own run of a named swap. */
      readonly exact: boolean;
      readonly changes: readonly Change[];
      readonly writes: readonly Write[];
      /** Of a mutation that covers what others wrote: the version it was made on. */
      readonly madeOn?: Version | undefined;
    }
  | { readonly kind: 'stale'; readonly version: Version; readonly docs: readonly DocState[] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'repeated'; readonly result: FinalResult };

type Refused = Extract<Decision, { readonly kind: 'refused' }>;

/** Decides one mutation, decoded with `faults: 'keep'`. Pure; `number` must be at most `standing.last + 1`. */
export function decide(
  standing: Standing,
  terms: PushTerms,
  mutation: Mutation,
  { limits, now, run }: DecideOptions,
): Decision {
  if (mutation.number <= standing.last) return repeated(standing.results, mutation.number);
  if (mutation.fault !== undefined) return refused(mutation.fault.code, mutation.fault.message);
  if (mutation.expiresAt !== undefined && mutation.expiresAt < now) {
    return refused('EXPIRED', `The mutation was to be made by ${mutation.expiresAt}; it is ${now}.`);
  }
  const version = standing.head + 1;
  const at = Math.max(0, Math.min(mutation.madeAt, now));
  try {
    const stale = isStale(standing, terms, mutation);
    const ran = stale && mutation.call ? run?.(mutation, (key) => standing.doc(key)) : undefined;
    if (stale && ran === undefined) {
      return { kind: 'stale', version: standing.head, docs: newerDocs(standing, terms.base, mutation) };
    }
    const sent = ran ?? mutation.changes;
    if (ran !== undefined) checkMutation({ ...mutation, changes: ran }, limits);
    // What the server ran itself has seen the current docs.
    const madeOn = ran === undefined ? mutation.madeOn : undefined;
    const changes: Change[] = [];
    const writes: Write[] = [];
    for (const each of sent) {
      const before = standing.doc(each.key);
      const change = notLowered(each, before);
      changes.push(change);
      const after = changed(before, change, version, at, limits);
      if (isRefused(after)) return after;
      writes.push({ before, after: covering(before, after, madeOn) });
    }
    return { kind: 'accepted', version, at, exact: ran === undefined, changes, writes, madeOn };
  } catch (error) {
    if (error instanceof ProtocolError) return refused(error.code, error.message);
    return refused(mutation.call === undefined ? 'INVALID' : 'SWAP_FAILED', messageOf(error));
  }
}

function repeated(results: readonly FinalResult[], number: number): Decision {
  const result = results.find((kept) => kept.number === number) ?? {
    number,
    kind: 'refused',
    code: 'NUMBER_USED',
    message: `Number ${number} of this line is used up, and its answer was already seen.`,
  };
  return { kind: 'repeated', result };
}

function isStale(
  { head, doc }: Standing,
  { base, exact, undone }: PushTerms,
  { changes, reads }: Mutation,
): boolean {
  const moved = (key: string) => {
    if (undone.has(key)) return true;
    const version = doc(key)?.version ?? 0;
    return version > base && !exact.has(version);
  };
  if (changes.some(({ key }) => moved(key))) return true;
  return reads === 'group' ? undone.size > 0 || head - base !== exact.size : reads.some(moved);
}

function newerDocs({ doc }: Standing, base: Version, { changes, reads }: Mutation): DocState[] {
  const keys = new Set(changes.map(({ key }) => key));
  if (reads !== 'group') for (const key of reads) keys.add(key);
  return [...keys].flatMap((key) => {
    const state = doc(key);
    return state !== undefined && state.version > base ? state : [];
  });
}

function changed(
  before: DocState | undefined,
  change: Change,
  version: Version,
  at: number,
  limits: Limits,
): DocState | Refused {
  const { key } = change;
  if (change.kind === 'delete') return { key, version, at, schemaVersion: before?.schemaVersion ?? 0 };
  const { schemaVersion } = change;
  if (change.kind === 'put') return { key, version, at, schemaVersion, body: change.body };
  if (before?.body === undefined) {
    return refused(
      'PATCH_MISMATCH',
      `A patch needs a doc, and there is none under ${JSON.stringify(key)}; put it.`,
    );
  }
  if (schemaVersion > before.schemaVersion) {
    return refused(
      'PATCH_MISMATCH',
      `A patch of schema version ${schemaVersion} meets ${JSON.stringify(key)} in version ${before.schemaVersion}; put the doc as a whole.`,
    );
  }
  const body = patched(before.body, change.patch, limits.maxDepth);
  if (body.length > limits.maxDoc) {
    return refused(
      'DOC_TOO_LARGE',
      `With the patch, ${JSON.stringify(key)} has ${body.length} bytes; a doc has at most ${limits.maxDoc}.`,
    );
  }
  return { key, version, at, schemaVersion, body };
}

/** What has been covered of a doc is told until it is purged: whom it concerns may be away for long. */
function covering(before: DocState | undefined, after: DocState, since: Version | undefined): DocState {
  const covers = before?.covers ?? [];
  if (since !== undefined) return { ...after, covers: withCover(covers, { since, by: after.version }) };
  return covers.length > 0 ? { ...after, covers } : after;
}

const patched = (body: Body, patch: Body, maxDepth: number): Body =>
  encodeBody(applyPatch(decodePatch(patch, maxDepth), decodeBody(body, maxDepth)), maxDepth);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refused = (code: string, message: string): Refused => ({ kind: 'refused', code, message });

const isRefused = (value: DocState | Refused): value is Refused => 'kind' in value;
