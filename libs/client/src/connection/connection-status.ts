import type { ConnectionError } from './connection-error';
import type { ConnectionState } from './connection-state';

/** How the connection stands, for people and programs. */
export interface ConnectionStatus {
  /**
   * `offline`: waiting for the next attempt, or the platform says that there is no network and the session has
   * yet to prove it wrong. `refused`: the server will not have us as we are (credentials,
   * version); nothing is tried until `resume()`.
   */
  readonly phase: 'connecting' | 'online' | 'offline' | 'paused' | 'refused' | 'closed';
  /** Attempts that failed since the last stable session. */
  readonly attempt: number;
  /** With `offline`, where an attempt is to come: when the next attempt begins, in milliseconds on the scheduler's clock. */
  readonly retryAt?: number;
  /** Why the last attempt failed, or the last session ended. */
  readonly error?: ConnectionError;
}

/** What `state` means to those outside. */
export const connectionStatus = (state: ConnectionState<unknown>): ConnectionStatus => {
  switch (state.phase) {
    case 'connecting':
    case 'greeting':
      return { phase: 'connecting', attempt: state.attempt, ...(state.error && { error: state.error }) };
    case 'online':
      return { phase: 'online', attempt: state.attempt };
    case 'doubted':
      return { phase: 'offline', attempt: state.attempt, error: state.error };
    case 'waiting':
      return { phase: 'offline', attempt: state.attempt, retryAt: state.retryAt, error: state.error };
    case 'refused':
      return { phase: 'refused', attempt: state.attempt, error: state.error };
    case 'paused':
    case 'closed':
      return { phase: state.phase, attempt: 0 };
  }
};

export const sameStatus = (a: ConnectionStatus, b: ConnectionStatus): boolean =>
  a.phase === b.phase && a.attempt === b.attempt && a.retryAt === b.retryAt && a.error === b.error;
