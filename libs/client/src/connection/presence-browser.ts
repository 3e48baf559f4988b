import { filter, fromEvent, map, merge, type Observable } from 'rxjs';
import { noPresence, type Presence, type PresenceSignal } from './presence';

/** The part of a window, or of a worker's global scope, that is used here. */
export interface BrowserScope extends EventTarget {
  /** Some have no `onLine`: no word is taken for a good one. */
  readonly navigator: { readonly onLine?: boolean };
  /** Workers have none. */
  readonly document?: EventTarget & { readonly visibilityState: string };
}

/**
 * Presence as a browser tells it: `online` and `offline`, the visibility of the page, the Page Lifecycle
 * (`freeze`, `resume`) and the back-forward cache. Where there is no browser (a page rendered on a server),
 * nothing is ever said.
 */
export const browserPresence = (scope: object = globalThis): Presence =>
  isBrowser(scope)
    ? { isOnline: () => scope.navigator.onLine !== false, signals$: merge(...signals(scope, scope.document)) }
    : noPresence;

const isBrowser = (scope: object): scope is BrowserScope =>
  'addEventListener' in scope && 'navigator' in scope;

const signals = (
  scope: BrowserScope,
  page: BrowserScope['document'],
): readonly Observable<PresenceSignal>[] => [
  signal('online', scope, 'online'),
  signal('offline', scope, 'offline'),
  // Not every `pageshow` and `pagehide` has to do with the cache: pages also load and unload.
  signal('frozen', scope, 'pagehide', isCached),
  signal('awake', scope, 'pageshow', isCached),
  ...(page
    ? [
        signal('frozen', page, 'freeze'),
        signal('awake', page, 'resume'),
        signal('awake', page, 'visibilitychange', () => page.visibilityState === 'visible'),
      ]
    : []),
];

const signal = (
  what: PresenceSignal,
  target: EventTarget,
  name: string,
  counts: (event: Event) => boolean = () => true,
): Observable<PresenceSignal> =>
  fromEvent<Event>(target, name).pipe(
    filter(counts),
    map(() => what),
  );

const isCached = (event: Event): boolean => (event as PageTransitionEvent).persisted;
