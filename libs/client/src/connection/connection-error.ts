import { ClientError } from '../errors';

/**
 * Why a connection was not made, or ended. Codes of this package:
 *
 * | code | meaning |
 * |---|---|
 * | `CONNECT_FAILED` | no socket could be opened (server down, network gone, upgrade answered with an error) |
 * | `CONNECT_TIMEOUT` | the socket did not open in time |
 * | `BAD_URL` | the address is not one a WebSocket can be opened to |
 * | `WRONG_SUBPROTOCOL` | something answered that does not speak this protocol |
 * | `CONNECTION_LOST` | the socket closed; see `closeCode` and `closeReason` |
 * | `HELLO_FAILED` | the caller's `hello` (the token, most often) could not be had |
 * | `WELCOME_TIMEOUT` | no `welcome` came in time |
 * | `HEARTBEAT_TIMEOUT` | nothing was heard for too long after a `ping` |
 * | `OFFLINE` | the platform says that there is no network |
 * | `FROZEN` | the platform stops the program for a while, and the socket was closed for that |
 * | `BAD_FRAME` | a frame from the server could not be read; see `cause` |
 * | `UNEXPECTED_MESSAGE` | a well-formed message came where the protocol has no place for it |
 *
 * An `error` message of the server that speaks of no group ends the session too, under the server's code.
 */
export class ConnectionError extends ClientError {
  override name = 'ConnectionError';
  /** Whether trying again can help. Without it, nothing is tried until the caller resumes. */
  readonly retryable: boolean;
  /** Milliseconds the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** The WebSocket close code, where a socket closed. */
  readonly closeCode: number | undefined;
  readonly closeReason: string | undefined;

  constructor(code: string, message: string, details: ConnectionErrorDetails = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : undefined);
    this.retryable = details.retryable ?? true;
    this.retryAfter = details.retryAfter;
    this.closeCode = details.closeCode;
    this.closeReason = details.closeReason;
  }
}

export interface ConnectionErrorDetails {
  readonly cause?: unknown;
  readonly retryable?: boolean;
  readonly retryAfter?: number | undefined;
  readonly closeCode?: number | undefined;
  readonly closeReason?: string | undefined;
}
