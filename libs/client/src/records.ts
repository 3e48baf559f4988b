import {
  decodeBody,
  encodeBody,
  type Body,
  type Change,
  type ClientId,
  type Version,
} from '@atomsync/protocol';
import type { MutationId, NamedCall, PendingMutation, WriteTerms } from './pending';
import type { Refusal } from './rebase';
import type { StepBatch } from './step-batch';
import { undoOf } from './undo';

/** A pending mutation as the local store keeps it; its edits follow from `changes` and the docs below. */
export type PendingRecord = Pick<
  PendingMutation<unknown>,
  | 'clientId'
  | 'number'
  | 'order'
  | 'changes'
  | 'reads'
  | 'readsGroup'
  | 'call'
  | 'scope'
  | 'madeAt'
  | 'rebased'
  | 'terms'
  | 'author'
  | 'tied'
  | 'madeOn'
  | 'covers'
>;

/** What makes a mutation's docs again what they were before it: of use once it is accepted, and base has gone on. */
interface Undoable {
  readonly undo: readonly Change[];
}

/** A mutation that the server has accepted. */
export interface AcceptedRecord extends PendingRecord, Undoable {
  /** Of its commit; 0 where that is not known. */
  readonly version: Version;
}

/** A mutation refused for good, as the local store keeps it until the app takes or drops it. */
export interface RejectedRecord extends MutationId {
  readonly code: string;
  readonly message: string;
  readonly madeAt: number;
  /** What it would have made of its docs; `undefined` for a deletion. */
  readonly docs: ReadonlyMap<string, unknown>;
  readonly call: NamedCall | undefined;
  /** Of the program that wrote `docs`. */
  readonly schemaVersion: number;
  /** What the tab that made it called it; absent where it is the one that sent it. */
  readonly author?: MutationId | undefined;
}

const PENDING = 'p:';
const ACCEPTED = 'a:';
const REJECTED = 'r:';
/** The record of the schema version from which programs may read and write the group, as the server said. */
export const COMPATIBLE_WITH = 'compatibleWith';
const LENT = 'l:';
const TAKEN = 't:';

const KINDS = new Map([
  [PENDING, 'pending'],
  [ACCEPTED, 'accepted'],
  [REJECTED, 'rejected'],
  [LENT, 'lent'],
  [TAKEN, 'taken'],
]);

/** What a record of the local store speaks of. */
export function recordKind(id: string): string | undefined {
  return KINDS.get(id.slice(0, 2));
}

export function pendingId({ clientId, number }: MutationId): string {
  return `${PENDING}${clientId}:${number}`;
}

/** The record of a mutation that another tab has been asked to run again. */
export function lentId({ clientId, number }: MutationId): string {
  return `${LENT}${clientId}:${number}`;
}

/** The record that says through which number a tab's line has been taken. */
export function takenId(clientId: ClientId): string {
  return `${TAKEN}${clientId}`;
}

/** The record that says through which number a line's mutations have been accepted, and as which versions. */
export function acceptedId(clientId: ClientId): string {
  return `${ACCEPTED}${clientId}`;
}

export function rejectedId({ clientId, number }: MutationId): string {
  return `${REJECTED}${clientId}:${number}`;
}

export function encodePending(mutation: PendingRecord, undo: readonly Change[] = []): Body {
  return encodeBody([
    mutation.clientId,
    mutation.number,
    mutation.order,
    mutation.madeAt,
    mutation.rebased,
    mutation.changes.map(changeToArray),
    [...mutation.reads],
    mutation.readsGroup,
    callToArray(mutation.call),
    mutation.scope ?? null,
    storable(mutation.terms),
    mutation.tied ?? false,
    idToArray(mutation.author),
    mutation.madeOn,
    mutation.covers,
    undo.map(changeToArray),
  ]);
}

/** A rule that is a function ends with the process; the atom's own stands in for it then. */
function storable({ onConflict, ...terms }: WriteTerms): WriteTerms {
  return typeof onConflict === 'string' ? { ...terms, onConflict } : terms;
}

export function encodeNumber(number: number): Body {
  return encodeBody(number);
}

export function decodeNumber(bytes: Body | undefined): number | undefined {
  return bytes && (decodeBody(bytes) as number);
}

/** Through which number a line is accepted, and where the versions do not rise with the numbers: `[number, version]`. */
export function encodeAccepted(through: number, versions: Iterable<readonly [number, Version]>): Body {
  const runs: (readonly [number, Version])[] = [];
  let ahead: number | undefined;
  for (const [number, version] of versions) {
    if (version - number !== ahead) runs.push([number, version]);
    ahead = version - number;
  }
  return encodeBody([through, runs]);
}

function decodeAccepted(bytes: Body): {
  readonly through: number;
  readonly versionOf: (number: number) => Version;
} {
  const [through, runs] = decodeBody(bytes) as [number, [number, Version][]];
  const versionOf = (number: number): Version => {
    const run = runs.findLast(([first]) => first <= number);
    return run === undefined ? 0 : run[1] + number - run[0];
  };
  return { through, versionOf };
}

/** The schema version that changes are written in; 1 where they write no doc. */
export function schemaVersionOf(changes: readonly Change[]): number {
  return Math.max(1, ...changes.map((change) => (change.kind === 'delete' ? 1 : change.schemaVersion)));
}

export function decodePending(bytes: Body): PendingRecord & Undoable {
  const [
    clientId,
    number,
    order,
    madeAt,
    rebased,
    changes,
    reads,
    readsGroup,
    call,
    scope,
    terms,
    tied,
    author,
    madeOn = 0,
    covers = false,
    undo = [],
  ] = decodeBody(bytes) as [
    ClientId,
    number,
    number,
    number,
    number,
    ChangeArray[],
    string[],
    boolean,
    CallArray | null,
    string[] | null,
    WriteTerms,
    boolean | undefined,
    IdArray | null | undefined,
    Version?,
    boolean?,
    ChangeArray[]?,
  ];
  return {
    clientId,
    number,
    order,
    ...(tied && { tied }),
    ...authorIn(author),
    terms,
    scope: scope ?? undefined,
    madeAt,
    madeOn,
    covers,
    rebased,
    undo: undo.map(arrayToChange),
    changes: changes.map(arrayToChange),
    reads: new Set(reads),
    readsGroup,
    call: arrayToCall(call),
  };
}

export function encodeRejected(record: RejectedRecord): Body {
  const { clientId, number, code, message, madeAt, docs, call, schemaVersion, author } = record;
  const named = [callToArray(call), schemaVersion, idToArray(author)];
  return encodeBody([clientId, number, code, message, madeAt, docs, ...named]);
}

export function decodeRejected(bytes: Body): RejectedRecord {
  const [clientId, number, code, message, madeAt, docs, call, schemaVersion, author] = decodeBody(bytes) as [
    ClientId,
    number,
    string,
    string,
    number,
    Map<string, unknown>,
    CallArray | null,
    number,
    IdArray | null | undefined,
  ];
  const called = arrayToCall(call);
  return { clientId, number, code, message, madeAt, docs, call: called, schemaVersion, ...authorIn(author) };
}

type IdArray = [clientId: ClientId, number: number];

function idToArray(id: MutationId | undefined): IdArray | null {
  return id ? [id.clientId, id.number] : null;
}

function authorIn(id: IdArray | null | undefined): { readonly author?: MutationId } {
  return id ? { author: { clientId: id[0], number: id[1] } } : {};
}

type ChangeArray = [key: string] | [key: string, kind: 'put' | 'patch', schemaVersion: number, bytes: Body];

function changeToArray(change: Change): ChangeArray {
  if (change.kind === 'delete') return [change.key];
  return [change.key, change.kind, change.schemaVersion, change.kind === 'put' ? change.body : change.patch];
}

function arrayToChange([key, kind, schemaVersion, bytes]: ChangeArray): Change {
  if (kind === undefined || schemaVersion === undefined || bytes === undefined)
    return { kind: 'delete', key };
  return kind === 'put'
    ? { kind, key, schemaVersion, body: bytes }
    : { kind, key, schemaVersion, patch: bytes };
}

type CallArray = [name: string, input: Body];

function callToArray(call: NamedCall | undefined): CallArray | null {
  return call ? [call.name, call.input] : null;
}

function arrayToCall(call: CallArray | null): NamedCall | undefined {
  return call === null ? undefined : { name: call[0], input: call[1] };
}

/** The mutations a local store holds, in their order: those still pending, those the server has accepted, and those that were lent out. */
export function readMutations(records: ReadonlyMap<string, Body>): {
  readonly pending: readonly PendingRecord[];
  readonly accepted: readonly AcceptedRecord[];
  /** Asked back by the tab that made them, which has yet to answer. */
  readonly lent: readonly PendingRecord[];
} {
  const pending: PendingRecord[] = [];
  const accepted: AcceptedRecord[] = [];
  const lent: PendingRecord[] = [];
  const lines = new Map<string, ReturnType<typeof decodeAccepted>>();
  for (const [id, bytes] of records) {
    if (recordKind(id) === 'accepted') lines.set(id.slice(ACCEPTED.length), decodeAccepted(bytes));
  }
  for (const [id, bytes] of records) {
    const kind = recordKind(id);
    if (kind !== 'lent' && kind !== 'pending') continue;
    const { undo, ...record } = decodePending(bytes);
    const line = lines.get(record.clientId);
    if (kind === 'lent') lent.push(record);
    else if (line === undefined || record.number > line.through) pending.push(record);
    else accepted.push({ ...record, undo, version: line.versionOf(record.number) });
  }
  const byOrder = (a: PendingRecord, b: PendingRecord): number => a.order - b.order;
  return { pending: pending.sort(byOrder), accepted: accepted.sort(byOrder), lent: lent.sort(byOrder) };
}

/** A refused mutation as it is kept and shown. */
export function toRejected<D>({ mutation, code, message }: Refusal<D>): RejectedRecord {
  const docs = new Map<string, unknown>();
  for (const [key, edit] of mutation.doubt?.edits ?? mutation.edits) docs.set(key, edit.after);
  const { clientId, number, madeAt, call, changes, author } = mutation;
  const schemaVersion = schemaVersionOf(changes);
  const refused = { clientId, number, code, message, madeAt, docs, call, schemaVersion };
  return author ? { ...refused, author } : refused;
}

/** The refused mutations a local store holds. */
export function readRejected(records: ReadonlyMap<string, Body>): RejectedRecord[] {
  return [...records].flatMap(([id, bytes]) => (recordKind(id) === 'rejected' ? decodeRejected(bytes) : []));
}

/** Keeps a pending mutation as it is now. */
export function putPending<D>(
  mutation: PendingRecord & Pick<PendingMutation<D>, 'edits'>,
  batch: StepBatch,
): void {
  batch.putRecord(pendingId(mutation), () => encodePending(mutation, undoOf(mutation.edits)));
}

/** Keeps refused mutations until the app takes or drops them. */
export function putRejected<D>(refused: readonly Refusal<D>[], batch: StepBatch): void {
  for (const refusal of refused) {
    batch.putRecord(rejectedId(refusal.mutation), () => encodeRejected(toRejected(refusal)));
  }
}
