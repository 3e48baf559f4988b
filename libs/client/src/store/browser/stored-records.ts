/*
 *   owner                      token of the store that may write: whoever took over last
 *   <n>:<group>:m              manifest: which chunks count, and where the journal goes on from them
 *   <n>:<group>:c<gen>.<i>     chunk i of generation gen: batches that add up to all there was at that time
 *   <n>:<group>:j<seq>         what was appended since: batches, one journal record for each transaction
 *
 *   n: length of the group's name, so that no group's keys begin with another's.  gen, i, seq: 16 digits, so that
 *   their order is the keys' order.
 *
 *   record    ┌──────────────┬─────────┐    The checksum is over key and payload: a record in the place of
 *             │ checksum u32 │ payload │    another does not count.
 *             └──────────────┴─────────┘
 *   manifest  generation f64, number of chunks f64, first journal record f64
 */
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';

export const OWNER = 'owner';

const digits = (n: number): string => String(n).padStart(16, '0');

/** The keys of one group. */
export class GroupKeys {
  readonly prefix: string;

  constructor(readonly group: string) {
    this.prefix = `${group.length}:${group}:`;
  }

  get manifest(): string {
    return `${this.prefix}m`;
  }

  /** The range of all its keys. */
  get all(): readonly [string, string] {
    return [this.prefix, `${this.prefix}\uffff`];
  }

  chunk(generation: number, index: number): string {
    return `${this.prefix}c${digits(generation)}.${digits(index)}`;
  }

  journal(sequence: number): string {
    return `${this.prefix}j${digits(sequence)}`;
  }

  /** The range of the chunks of generations before `generation`. */
  chunksBefore(generation: number): readonly [string, string] {
    return [this.chunk(0, 0), this.chunk(generation, 0)];
  }

  /** The range of the journal records before `sequence`. */
  journalBefore(sequence: number): readonly [string, string] {
    return [this.journal(0), this.journal(sequence)];
  }
}

/** The group that a key belongs to. */
export const groupOf = (key: string): string | undefined => {
  const length = /^\d+(?=:)/.exec(key)?.[0];
  return length === undefined ? undefined : key.slice(length.length + 1).slice(0, Number(length));
};

/** What follows the letter of a chunk's or a journal record's key. */
export const numbersOf = (name: string): readonly number[] => name.slice(1).split('.').map(Number);

export interface Manifest {
  readonly generation: number;
  readonly chunks: number;
  /** The first journal record that is not in the chunks. */
  readonly journal: number;
}

export const encodeManifest = ({ generation, chunks, journal }: Manifest): Uint8Array => {
  const writer = new ByteWriter();
  writer.f64(generation);
  writer.f64(chunks);
  writer.f64(journal);
  return writer.done();
};

export const decodeManifest = (payload: Uint8Array): Manifest => {
  const reader = new ByteReader(payload);
  return { generation: reader.f64(), chunks: reader.f64(), journal: reader.f64() };
};

/** `payloads`, one behind the other, as a record under `key`. */
export const seal = (key: string, payloads: readonly Uint8Array[]): Uint8Array => {
  const record = new Uint8Array(payloads.reduce((size, payload) => size + payload.byteLength, 4));
  let at = 4;
  for (const payload of payloads) {
    record.set(payload, at);
    at += payload.byteLength;
  }
  new DataView(record.buffer).setInt32(0, checksum(key, record));
  return record;
};

/** The payload of the record under `key`; `undefined` when it is not what was stored there. */
export const unseal = (key: string, record: unknown): Uint8Array | undefined =>
  record instanceof Uint8Array &&
  record.byteLength >= 4 &&
  new DataView(record.buffer, record.byteOffset).getInt32(0) === checksum(key, record)
    ? record.subarray(4)
    : undefined;

// Looked up once: there is one for each word of a chunk.
const { imul } = Math;

/** Every step is one-to-one in what came before and in what it adds: no change of one word goes unnoticed. */
const mix = (hash: number, word: number): number => {
  const mixed = imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

const checksum = (key: string, record: Uint8Array): number => {
  // Asked once: in the loop it would take longer than the rest of it.
  const { byteLength } = record;
  let hash = byteLength;
  for (let i = 0; i < key.length; i++) hash = mix(hash, key.charCodeAt(i));
  const view = new DataView(record.buffer, record.byteOffset, byteLength);
  let at = 4;
  for (; at + 4 <= byteLength; at += 4) hash = mix(hash, view.getInt32(at, true));
  for (; at < byteLength; at++) hash = mix(hash, view.getUint8(at));
  return hash;
};
