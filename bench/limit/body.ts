import { Encoder } from 'cbor-x/encode';

/** Plain CBOR: objects as maps, nothing remembered from one doc to the next. */
const codec = new Encoder({ useRecords: false, mapsAsObjects: true });

export const encodeBody = (doc: object): Buffer => codec.encode(doc);

export const decodeBody = <D>(body: Buffer): D => codec.decode(body) as D;
