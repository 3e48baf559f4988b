import { decodeBody, encodeBody, type Body, type Change, type ClientId } from '@atomsync/protocol';
import type { NamedCall, PendingMutation, WriteTerms } from './pending';
import type { Refusal } from './rebase';
import type { StepBatch } from './step-batch';

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
>;

/** A mutation refused for good, as the local store keeps it until the app takes or drops it. */
export interface RejectedRecord {
  readonly clientId: ClientId;
  readonly number: number;
  readonly code: string;
  readonly message: string;
  readonly madeAt: number;
  /** What it would have made of its docs; `undefined` for a deletion. */
  readonly docs: ReadonlyMap<string, unknown>;
  readonly call: NamedCall | undefined;
  /** Of the program that wrote `docs`. */
  readonly schemaVersion: number;
}

const PENDING = 'p:';
const ACCEPTED = 'a:';
const REJECTED = 'r:';
/** The record of the schema version from which programs may read and write the group, as the server said. */
export const COMPATIBLE_WITH = 'compatibleWith';

export function pendingId({
  clientId,
  number,
}: {
  readonly clientId: ClientId;
  readonly number: number;
}): string {
  return `${PENDING}${clientId}:${number}`;
}

/** The record that says through which number a line's mutations have been accepted. */
export function acceptedId(clientId: ClientId): string {
  return `${ACCEPTED}${clientId}`;
}

export function rejectedId({
  clientId,
  number,
}: {
  readonly clientId: ClientId;
  readonly number: number;
}): string {
  return `${REJECTED}${clientId}:${number}`;
}

export function isRejectedId(id: string): boolean {
  return id.startsWith(REJECTED);
}

export function encodePending(mutation: PendingRecord): Body {
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

/** The schema version that changes are written in; 1 where they write no doc. */
export function schemaVersionOf(changes: readonly Change[]): number {
  return Math.max(1, ...changes.map((change) => (change.kind === 'delete' ? 1 : change.schemaVersion)));
}

export function decodePending(bytes: Body): PendingRecord {
  const [clientId, number, order, madeAt, rebased, changes, reads, readsGroup, call, scope, terms] =
    decodeBody(bytes) as [
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
    ];
  return {
    clientId,
    number,
    order,
    terms,
    scope: scope ?? undefined,
    madeAt,
    rebased,
    changes: changes.map(arrayToChange),
    reads: new Set(reads),
    readsGroup,
    call: arrayToCall(call),
  };
}

export function encodeRejected(record: RejectedRecord): Body {
  const { clientId, number, code, message, madeAt, docs, call, schemaVersion } = record;
  return encodeBody([clientId, number, code, message, madeAt, docs, callToArray(call), schemaVersion]);
}

export function decodeRejected(bytes: Body): RejectedRecord {
  const [clientId, number, code, message, madeAt, docs, call, schemaVersion] = decodeBody(bytes) as [
    ClientId,
    number,
    string,
    string,
    number,
    Map<string, unknown>,
    CallArray | null,
    number,
  ];
  return { clientId, number, code, message, madeAt, docs, call: arrayToCall(call), schemaVersion };
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

/** The mutations a local store holds, in their order: those still pending, and those the server has accepted. */
export function readMutations(records: ReadonlyMap<string, Body>): {
  readonly pending: readonly PendingRecord[];
  readonly accepted: readonly PendingRecord[];
} {
  const pending: PendingRecord[] = [];
  const accepted: PendingRecord[] = [];
  for (const [id, bytes] of records) {
    if (!id.startsWith(PENDING)) continue;
    const record = decodePending(bytes);
    const through = records.get(acceptedId(record.clientId));
    const isAccepted = through !== undefined && record.number <= decodeNumber(through)!;
    (isAccepted ? accepted : pending).push(record);
  }
  const byOrder = (a: PendingRecord, b: PendingRecord): number => a.order - b.order;
  return { pending: pending.sort(byOrder), accepted: accepted.sort(byOrder) };
}

/** A refused mutation as it is kept and shown. */
export function toRejected<D>({ mutation, code, message }: Refusal<D>): RejectedRecord {
  const docs = new Map<string, unknown>();
  for (const [key, edit] of mutation.doubt?.edits ?? mutation.edits) docs.set(key, edit.after);
  const { clientId, number, madeAt, call, changes } = mutation;
  const schemaVersion = schemaVersionOf(changes);
  return { clientId, number, code, message, madeAt, docs, call, schemaVersion };
}

/** Keeps a pending mutation as it is now. */
export function putPending(mutation: PendingRecord, batch: StepBatch): void {
  batch.putRecord(pendingId(mutation), () => encodePending(mutation));
}

/** Keeps refused mutations until the app takes or drops them. */
export function putRejected<D>(refused: readonly Refusal<D>[], batch: StepBatch): void {
  for (const refusal of refused) {
    batch.putRecord(rejectedId(refusal.mutation), () => encodeRejected(toRejected(refusal)));
  }
}
