/** The part of `cbor-x` that the limit uses; its own types are those of an ES module alone. */
declare module 'cbor-x/encode' {
  class Encoder {
    constructor(options: { readonly useRecords: boolean; readonly mapsAsObjects: boolean });
    encode(value: unknown): Buffer;
    decode(bytes: Uint8Array): unknown;
  }
}
