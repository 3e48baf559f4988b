import { asyncScheduler, Observable, type SchedulerLike } from 'rxjs';
import { HttpLink } from './http-link';
import type { Link, Transport } from './transport';

/** Times in milliseconds. */
export interface HttpTransportOptions {
  /** Between two looks for news while the server sends no hints; 2,000 by default. */
  readonly poll?: number;
  /** The same while it does; 30,000 by default. */
  readonly pollWithHints?: number;
  /**
   * Where the hints are: the path beside the server's, `events`, by default. `false`: none, where connections that stay
   * open are unwelcome.
   */
  readonly events?: string | false;
  /** What goes along with every request: `{ credentials: 'include' }` for the cookies of another origin, or headers. */
  readonly init?: RequestInit;
  /** The platform's by default. */
  readonly fetch?: typeof fetch;
  readonly scheduler?: SchedulerLike;
}

/**
 * Frames over HTTP, where there is no way for WebSockets: what is to be said goes as one request, and so do the looks
 * for news, at intervals and when the server hints that there is some.
 *
 * @example openAtomSync('my-app', { server: 'https://example.com/sync', transport: httpTransport() })
 */
export const httpTransport =
  (options: HttpTransportOptions = {}): Transport =>
  (url) =>
    new Observable<Link>((subscriber) => {
      const sync = new URL(url);
      sync.protocol = sync.protocol === 'wss:' ? 'https:' : 'http:';
      const { events = 'events' } = options;
      const link = new HttpLink({
        url: sync.href,
        eventsUrl: events === false ? undefined : new URL(events, sync).href,
        poll: options.poll ?? 2_000,
        pollWithHints: options.pollWithHints ?? 30_000,
        init: options.init ?? {},
        fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
        scheduler: options.scheduler ?? asyncScheduler,
      });
      subscriber.add(() => link.close());
      subscriber.next(link);
    });
