import { Writer } from '../cbor/writer';

/** The frame in the making. Encoding is synchronous and never nested, so there is one at a time. */
export const out = new Writer();

/** Begins a message: the map of its type and so many more fields. */
export function open(type: string, fields: number): void {
  out.head(5, fields + 1);
  text('type', type);
}

export function text(name: string, value: string): void {
  out.text(name);
  out.text(value);
}

export function int(name: string, value: number): void {
  out.text(name);
  out.int(value);
}
