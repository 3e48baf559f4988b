import { keyword } from '@atomsync/protocol';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpError } from './http-error';
import { errorType, type MediaType } from './media-types';

/** Answers with a message: a record of values. */
export function answer(
  response: ServerResponse,
  type: MediaType,
  message: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = type.write(type.hasKeywords ? withKeywords(message) : message);
  response.writeHead(status, {
    'Content-Type': type.name,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(body);
}

/** Says why a request failed, in the type it accepts, or in JSON where it accepts none. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: HttpError): void {
  const { code, message, retryable, retryAfter, status, details } = error;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = {
    ...{ code, message, retryable },
    ...(retryAfter !== undefined && { retryAfter }),
    ...details.fields,
  };
  answer(response, errorType(request), body, status, {
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(retryAfter !== undefined && { 'Retry-After': String(Math.ceil(retryAfter / 1000)) }),
    ...details.headers,
  });
}

/** Of what is a message; what it carries stays as it is. */
function withKeywords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeywords);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return new Map(
    Object.entries(value).map(([name, each]) => [
      keyword(name),
      name === 'value' ? each : withKeywords(each),
    ]),
  );
}
