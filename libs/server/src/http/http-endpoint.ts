import type { Limits } from '@atomsync/protocol';
import cors, { type CorsOptions } from 'cors';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { interval } from 'rxjs';
import type { SyncHub } from '../hub';
import { answer, answerError } from './answer';
import { callerOf } from './caller';
import { events } from './events';
import { exchange, readFrames } from './exchange';
import { HttpError } from './http-error';
import { acceptedType, contentTypeOf, FRAMES, mediaType } from './media-types';
import { pull } from './pull';
import { readEvents, readPull } from './query';
import { readBody } from './read-body';
import { pushLine, writeOnce } from './write';
import { readWrite } from './write-request';

export interface HttpEndpointOptions {
  readonly hub: () => SyncHub;
  readonly limits: Limits;
  /** Which other origins may ask, from pages in browsers; none where it is absent. */
  readonly cors?: CorsOptions | undefined;
  /** Milliseconds between signs of life in a stream of events. */
  readonly heartbeat: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly randomId: () => string;
  readonly onFault: (error: unknown) => void;
}

/** Answers one request, whatever becomes of it. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly clientId: string;
}

type Method = (exchange: Exchange, options: HttpEndpointOptions) => Promise<void>;

/** `GET` and `POST` of the sync path. */
export const syncEndpoint = (options: HttpEndpointOptions): RequestHandler =>
  endpoint(options, { GET: getSync, POST: postSync });

/** `GET` of the events path. */
export const eventsEndpoint = (options: HttpEndpointOptions): RequestHandler =>
  endpoint(options, { GET: getEvents });

function endpoint(options: HttpEndpointOptions, methods: Readonly<Record<string, Method>>): RequestHandler {
  const allowed = [...Object.keys(methods), 'OPTIONS'].join(', ');
  const shared =
    options.cors && cors({ ...options.cors, methods: Object.keys(methods), exposedHeaders: ['Retry-After'] });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.setHeader('Vary', 'Accept, Origin');
    try {
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { Allow: allowed }).end();
        return;
      }
      const method = Object.hasOwn(methods, request.method ?? '') ? methods[request.method ?? ''] : undefined;
      if (method === undefined) {
        throw new HttpError('METHOD_NOT_ALLOWED', `${request.method} is not for this path; use ${allowed}.`, {
          headers: { Allow: allowed },
        });
      }
      const query = new URLSearchParams(request.url?.split('?', 2)[1]);
      const clientId = `http-${options.randomId()}`;
      await method({ request, response, query, signal: gone.signal, clientId }, options);
    } catch (error) {
      const told = HttpError.of(error);
      if (told.code === 'INTERNAL' && !(error instanceof HttpError)) options.onFault(error);
      answerError(request, response, told);
    }
  };
  return (request, response) => {
    const go = (): void => void handle(request, response);
    if (shared === undefined) go();
    else shared(request, response, go);
  };
}

async function getSync(
  { request, response, query, signal, clientId }: Exchange,
  { hub, limits }: HttpEndpointOptions,
): Promise<void> {
  const type = acceptedType(request);
  answer(response, type, await pull(hub(), callerOf(request), readPull(query, limits, clientId), signal));
}

async function postSync(
  { request, response, signal, clientId }: Exchange,
  { hub, limits, clock }: HttpEndpointOptions,
): Promise<void> {
  const name = contentTypeOf(request);
  const caller = callerOf(request);
  if (name === FRAMES) {
    // Room for what a client says around its largest push.
    const frames = readFrames(await readBody(request, 2 * limits.maxFrame), limits.maxFrame);
    response.setHeader('Content-Type', FRAMES);
    response.setHeader('Cache-Control', 'no-store');
    const sink = {
      write: (bytes: Uint8Array) => void response.write(bytes),
      end: (bytes: Uint8Array) => void response.end(bytes),
      buffered: () => response.writableLength,
    };
    return exchange(hub(), caller, frames, sink, { limits, signal });
  }
  const type = acceptedType(request, name);
  const message = mediaType(name).read(await readBody(request, limits.maxFrame));
  const write = readWrite(message, limits, clock());
  const done =
    write.kind === 'line'
      ? pushLine(hub(), caller, write, signal)
      : writeOnce(hub(), caller, write, { clientId, now: clock() }, signal);
  answer(response, type, await done);
}

async function getEvents(
  { request, response, query, signal, clientId }: Exchange,
  { hub, limits, heartbeat }: HttpEndpointOptions,
): Promise<void> {
  const signs = interval(heartbeat).subscribe(() => {
    if (response.headersSent && response.writableLength === 0) response.write(':\n\n');
  });
  try {
    await events(
      hub(),
      callerOf(request),
      readEvents(query, limits, clientId),
      {
        begin: () =>
          response.writeHead(200, {
            'Content-Type': 'text/event-stream',
            'Cache-Control': 'no-store',
            // Proxies that gather answers would hold the hints back.
            'X-Accel-Buffering': 'no',
          }),
        write: (text) => void response.write(text),
        end: () => void response.end(),
        buffered: () => response.writableLength,
        drained: (then) => void response.on('drain', then),
      },
      signal,
    );
  } finally {
    signs.unsubscribe();
  }
}
