import { EMPTY, type Observable } from 'rxjs';

/**
 * What a platform can say about its network and its user.
 *
 * - `online`, `offline`: there is a network (again), there is none
 * - `awake`: the user has come back, or the platform lets the program run again; what was true before may not be
 * - `frozen`: the program is about to be stopped where it stands, and must not keep a socket
 */
export type PresenceSignal = 'online' | 'offline' | 'awake' | 'frozen';

/** Port: presence of the network and of the user. Its word is a hint: a server is often within reach without a network. */
export interface Presence {
  /** Whether the platform believes in a network now. */
  isOnline(): boolean;
  /** What changes, from the moment of subscription. */
  readonly signals$: Observable<PresenceSignal>;
}

/** For platforms that say nothing. */
export const noPresence: Presence = { isOnline: () => true, signals$: EMPTY };
