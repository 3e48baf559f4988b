/** Which pages of other origins may ask, in browsers; as in the package `cors`. */
export interface AtomSyncCors {
  readonly origin: string | RegExp | boolean | (string | RegExp)[];
  /** Whether they may send cookies along. */
  readonly credentials?: boolean;
  /** Headers they may send; all that they ask for by default. */
  readonly allowedHeaders?: string[];
  /** Seconds for which browsers may remember this. */
  readonly maxAge?: number;
}

/** What is served over HTTP beside the socket, on paths of the app's own server. */
export interface AtomSyncHttpOptions {
  /** Path of the hints to pull (server-sent events). Default: `events` beside the sync path, so `/events`. */
  readonly events?: string;
  /**
   * Which pages of other origins may use the sync and events paths; none by default:
   * `{ origin: 'https://app.example' }`.
   */
  readonly cors?: AtomSyncCors;
  /** Where this interface is described: a page, and OpenAPI 3.1 under `/json` of it. `true`: `/docs`. Default: nowhere. */
  readonly docs?: boolean | string;
  /** Where to look whether the server is well: also `/live` and `/ready` under it. `true`: `/health`. Default: nowhere. */
  readonly health?: boolean | string;
  /** What else the health says: versions, for one. */
  readonly healthDetails?: () => Readonly<Record<string, unknown>>;
  /** Where Prometheus finds its figures. `true`: `/metrics`. Default: nowhere. */
  readonly metrics?: boolean | string;
}

/** The options with their defaults; absent paths are not served. */
export interface ResolvedHttpOptions {
  readonly events: string;
  readonly cors: AtomSyncHttpOptions['cors'];
  readonly docs: string | undefined;
  readonly health: string | undefined;
  readonly healthDetails: () => Readonly<Record<string, unknown>>;
  readonly metrics: string | undefined;
}

/** Fills in the defaults. Calls `bad` for a path that is none, or is there twice. */
export function resolveHttp(
  { events, cors, docs, health, healthDetails = () => ({}), metrics }: AtomSyncHttpOptions,
  path: string,
  bad: (option: string, value: unknown, rule: string, remedy: string) => Error,
): ResolvedHttpOptions {
  const resolved = {
    events: events ?? `${path.slice(0, path.lastIndexOf('/'))}/events`,
    docs: pathOf(docs, '/docs'),
    health: pathOf(health, '/health'),
    metrics: pathOf(metrics, '/metrics'),
  };
  const taken = new Set([path]);
  for (const [name, value] of Object.entries(resolved)) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || !/^\/[^?#]*$/.test(value)) {
      throw bad(
        `http.${name}`,
        value,
        'a path begins with a slash and has no query',
        `write it like "/${name}"`,
      );
    }
    if (taken.has(value)) throw bad(`http.${name}`, value, 'each path has one meaning', 'choose another one');
    taken.add(value);
  }
  return { ...resolved, cors, healthDetails };
}

function pathOf(option: boolean | string | undefined, path: string): string | undefined {
  if (option === true) return path;
  return option === false ? undefined : option;
}
