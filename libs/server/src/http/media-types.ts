import { decodeBody, encodeBody } from '@atomsync/protocol';
import { parse } from 'content-type';
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { HttpError } from './http-error';
import { readJson, writeJson } from './json-codec';
import { readTransit } from './read-transit';
import { writeTransit } from './write-transit';

/** One way to write values as the body of a request or an answer. */
export interface MediaType {
  readonly name: string;
  /** Throws `MALFORMED`, `NOT_CARRYABLE`, `TOO_DEEP`. */
  read(body: Buffer): unknown;
  write(value: unknown): Buffer | string;
  /** Whether the fields of a message are keywords, as Clojure has them, and not strings. */
  readonly hasKeywords: boolean;
}

const textOf = (body: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new HttpError('MALFORMED', 'The body is not UTF-8.');
  }
};

const JSON_TYPE: MediaType = {
  name: 'application/json',
  read: (body) => readJson(textOf(body)),
  write: writeJson,
  hasKeywords: false,
};

/** The values of the protocol, as documents; the first is what is written to those who name none. */
const MEDIA_TYPES: readonly MediaType[] = [
  {
    name: 'application/transit+json',
    read: (body) => readTransit(textOf(body)),
    write: writeTransit,
    hasKeywords: true,
  },
  // Deeper by what a message adds around a doc's value.
  {
    name: 'application/cbor',
    read: (body) => decodeBody(body, 110),
    write: (value) => Buffer.from(encodeBody(value, 110)),
    hasKeywords: false,
  },
  JSON_TYPE,
];

/** The frames of the protocol, for clients that speak it whole; see docs/PROTOCOL.md, "Frames over HTTP". */
export const FRAMES = 'application/vnd.atomsync.v1';

const NAMES = MEDIA_TYPES.map(({ name }) => name);

/** The name of the body's type. Throws `UNSUPPORTED_MEDIA_TYPE`. */
export function contentTypeOf({ headers }: IncomingMessage): string {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The body is encoded with ${JSON.stringify(encoding)}; send it as it is.`,
    );
  }
  const given = headers['content-type'];
  try {
    const { type, parameters } = parse(given ?? '');
    const charset = parameters['charset']?.toLowerCase() ?? 'utf-8';
    if ((type === FRAMES || NAMES.includes(type)) && charset === 'utf-8') return type;
  } catch {
    // Answered below, as what it is not.
  }
  throw new HttpError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The body is of type ${JSON.stringify(given ?? 'none')}; send ${NAMES.join(', ')} in UTF-8, or frames as ${FRAMES}.`,
    { headers: { Accept: [...NAMES, FRAMES].join(', ') } },
  );
}

/** The type of that name, which `contentTypeOf` gave. */
export const mediaType = (name: string): MediaType =>
  MEDIA_TYPES.find((type) => type.name === name) ?? JSON_TYPE;

/** The type to answer in: what `Accept` prefers; where it takes anything, `same` as the request's body or JSON. */
export function acceptedType(request: IncomingMessage, same: string = JSON_TYPE.name): MediaType {
  const accept = request.headers.accept;
  // First what is taken without preference.
  const offered = [same, ...NAMES.filter((name) => name !== same)];
  const chosen = accept === undefined ? same : new Negotiator(request).mediaTypes(offered)[0];
  if (chosen === undefined) {
    throw new HttpError(
      'NOT_ACCEPTABLE',
      `The answer can be ${NAMES.join(', ')}, and the request accepts ${JSON.stringify(accept)}.`,
    );
  }
  return mediaType(chosen);
}

/** For answers that must be given whatever the request accepts. */
export function errorType(request: IncomingMessage): MediaType {
  try {
    return acceptedType(request);
  } catch {
    return JSON_TYPE;
  }
}
