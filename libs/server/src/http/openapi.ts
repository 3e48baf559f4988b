import { DEFAULT_PAGE, MAX_PAGE } from './query';

/** Where the two paths are. */
export interface Paths {
  readonly sync: string;
  readonly events: string;
}

/** An OpenAPI document, as far as it is looked into here. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly schemas: Readonly<
      Record<string, { readonly properties: object; readonly required: readonly string[] }>
    >;
  };
}

/** The HTTP interface as an OpenAPI 3.1 document. `docs/PROTOCOL.md` says what everything means. */
export const openApi = ({ sync, events }: Paths): OpenApi => ({
  openapi: '3.1.0',
  info: {
    title: 'Atomsync over HTTP',
    version: '1',
    description:
      'Groups of docs that sync, pulled and pushed by request. The same paths speak the WebSocket subprotocol atomsync.v1.',
  },
  security: [{}, { bearer: [] }, { basic: [] }],
  paths: {
    [sync]: {
      get: {
        operationId: 'pull',
        summary: 'The docs of a group that changed since a cursor',
        parameters: [
          query('group', 'The group.', { type: 'string' }, true),
          query('since', 'The cursor of the last answer; without one, all docs.', { type: 'string' }),
          query('prefix', 'Only keys that begin with this; the same with every cursor.', { type: 'string' }),
          query('limit', 'Docs of one page, rounded up to whole versions.', {
            ...{ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE },
          }),
          query('schemaVersion', 'The schema version that the caller reads.', {
            type: 'integer',
            default: 1,
          }),
        ],
        responses: {
          200: carried(
            'A page. While `more` is true, ask again with its cursor, and apply the pages as one.',
            'Page',
          ),
          ...errors(400, 401, 403, 405, 406, 409, 429, 503),
        },
      },
      post: {
        operationId: 'push',
        summary: 'Changes of docs, all of them or none',
        requestBody: {
          required: true,
          content: contentOf({ oneOf: [ref('OneShot'), ref('LinePush')] }),
        },
        responses: {
          200: carried('Committed; or with a clientId, what became of each mutation.', undefined, {
            oneOf: [ref('Committed'), ref('Pushed')],
          }),
          ...errors(400, 401, 403, 405, 406, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    [events]: {
      get: {
        operationId: 'events',
        summary: 'Hints to pull',
        description:
          'Events `changed` with `{"group": "todo", "version": 8}`, first with the version of now.',
        parameters: [
          query(
            'group',
            'The group; may be there several times.',
            { type: 'array', items: { type: 'string' } },
            true,
          ),
          query('prefix', 'Only changes of keys that begin with this.', { type: 'string' }),
        ],
        responses: {
          200: {
            description: 'A stream that does not end.',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...errors(400, 401, 403, 405, 429, 503),
        },
      },
    },
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      basic: {
        type: 'http',
        scheme: 'basic',
        description: 'The name of the user, and the token as the password.',
      },
    },
    schemas: {
      Doc: record(
        {
          key: { type: 'string' },
          version: { type: 'integer', description: 'The version of its last change.' },
          at: { description: 'When that was made: an instant.' },
          value: { description: 'The doc; absent where it is deleted.' },
          deleted: { const: true },
          schemaVersion: { type: 'integer', default: 1 },
        },
        ['key', 'version', 'at'],
      ),
      Page: record(
        {
          group: { type: 'string' },
          full: { type: 'boolean', description: 'What is not in this page and those behind it is gone.' },
          reason: {
            enum: ['epoch', 'feed', 'purged', 'cursor'],
            description: 'Why the cursor did not hold.',
          },
          docs: { type: 'array', items: ref('Doc') },
          cursor: { type: 'string' },
          version: { type: 'integer' },
          more: { type: 'boolean' },
        },
        ['group', 'full', 'docs', 'cursor', 'version', 'more'],
      ),
      Change: record(
        {
          key: { type: 'string' },
          value: { description: 'The doc as a whole.' },
          deleted: { const: true },
          version: {
            type: 'integer',
            description: 'The version that the doc must have; 0: there must be none.',
          },
          schemaVersion: { type: 'integer', default: 1 },
        },
        ['key'],
      ),
      OneShot: record(
        {
          group: { type: 'string' },
          changes: { type: 'array', items: ref('Change'), minItems: 1 },
          expiresAt: { description: 'An instant, or milliseconds since 1970.' },
        },
        ['group', 'changes'],
      ),
      Mutation: record(
        {
          number: { type: 'integer', minimum: 1 },
          changes: { type: 'array', items: ref('Change') },
          reads: { description: 'Keys that were read, or "group".' },
          madeAt: { description: 'An instant, or milliseconds since 1970.' },
          expiresAt: { description: 'An instant, or milliseconds since 1970.' },
        },
        ['number', 'changes'],
      ),
      LinePush: record(
        {
          group: { type: 'string' },
          clientId: { type: 'string' },
          base: { type: 'integer' },
          seen: { type: 'integer', default: 0 },
          closed: { type: 'boolean', default: false },
          mutations: { type: 'array', items: ref('Mutation') },
        },
        ['group', 'clientId', 'base', 'mutations'],
      ),
      Committed: record({ group: { type: 'string' }, version: { type: 'integer' } }, ['group', 'version']),
      Pushed: record(
        {
          group: { type: 'string' },
          clientId: { type: 'string' },
          results: { type: 'array', items: ref('Result') },
        },
        ['group', 'clientId', 'results'],
      ),
      Result: record(
        {
          number: { type: 'integer' },
          status: { enum: ['accepted', 'refused', 'stale'] },
          version: { type: 'integer' },
          code: { type: 'string' },
          message: { type: 'string' },
          docs: { type: 'array', items: ref('Doc') },
        },
        ['number', 'status'],
      ),
      Error: record(
        {
          code: { type: 'string' },
          message: { type: 'string' },
          retryable: { type: 'boolean' },
          retryAfter: { type: 'integer', description: 'Milliseconds.' },
          docs: { type: 'array', items: ref('Doc'), description: 'With STALE: the docs as they are.' },
        },
        ['code', 'message', 'retryable'],
      ),
    },
  },
});

const TYPES = ['application/json', 'application/transit+json', 'application/cbor'];

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'MALFORMED, INVALID_GROUP, INVALID_KEY, INVALID_PREFIX, BAD_QUERY, NOT_CARRYABLE, TOO_DEEP',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN, LINE_NOT_YOURS',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  409: 'STALE, MUTATION_GAP, RESYNC, REPLACED, UPGRADE_REQUIRED',
  413: 'FRAME_TOO_LARGE, DOC_TOO_LARGE, TOO_MANY_CHANGES, TOO_MANY_MUTATIONS',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'INVALID, EXPIRED and the other reasons to refuse for good',
  429: 'RATE_LIMITED; wait Retry-After seconds',
  503: 'RETRY_LATER, SHUTTING_DOWN, INTERNAL; wait Retry-After seconds',
};

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const record = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
});

const query = (name: string, description: string, schema: object, required = false) => ({
  ...{ name, in: 'query', description, required, schema },
});

const contentOf = (schema: object) => Object.fromEntries(TYPES.map((type) => [type, { schema }]));

const carried = (description: string, name: string | undefined, schema: object = ref(name ?? '')) => ({
  description,
  content: contentOf(schema),
});

const errors = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, carried(MEANINGS[status] ?? '', 'Error')]));
