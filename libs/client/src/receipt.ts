import { filter, firstValueFrom, of, type Observable } from 'rxjs';
import { ClientError } from './errors';

/** What became of a transaction so far. */
export type ReceiptStatus =
  /** Applied here. */
  | { readonly phase: 'pending' }
  /** It would survive the end of this process. */
  | { readonly phase: 'durable' }
  /** The server has committed it. */
  | ({ readonly phase: 'accepted' } & Accepted)
  /** It will never be committed, and has been rolled back. */
  | { readonly phase: 'refused'; readonly error: ClientError };

export interface Accepted {
  /** The version of its commit. */
  readonly version: number;
  /** How often it was run again or merged because others were first. */
  readonly rebased: number;
}

/**
 * What `transact` gives: the value at once, and the rest when it is known. The promises are made when they
 * are asked for, and are never reported as unhandled.
 *
 * @example
 * const receipt = todos.transact(assoc, 'todo:1', { text: 'Buy milk', done: false });
 * await receipt.durable;
 * const { version, rebased } = await receipt.accepted;
 */
export class Receipt<T> {
  /** The atom's value right after it. */
  readonly value: T;
  /** Replays the current status; completes after `accepted` or `refused`. */
  readonly status$: Observable<ReceiptStatus>;

  /** @internal */
  constructor(value: T, status$: Observable<ReceiptStatus>) {
    this.value = value;
    this.status$ = status$;
  }

  /** Resolves when it would survive the end of this process. Rejects with a `ClientError` when it is refused first. */
  get durable(): Promise<void> {
    return handled(
      this.#reached((status) => status.phase !== 'pending').then((status) => {
        if (status.phase === 'refused') throw status.error;
      }),
    );
  }

  /** Resolves when the server has committed it. Rejects with a `ClientError` that carries the refusal's code. */
  get accepted(): Promise<Accepted> {
    return handled(
      this.#reached((status) => status.phase === 'accepted' || status.phase === 'refused').then((status) => {
        if (status.phase === 'accepted') return { version: status.version, rebased: status.rebased };
        throw status.phase === 'refused' ? status.error : closedFirst();
      }),
    );
  }

  #reached(passes: (status: ReceiptStatus) => boolean): Promise<ReceiptStatus> {
    const refusedByClose: ReceiptStatus = { phase: 'refused', error: closedFirst() };
    return firstValueFrom(this.status$.pipe(filter(passes)), { defaultValue: refusedByClose });
  }
}

function closedFirst(): ClientError {
  return new ClientError(
    'CLOSED',
    'The group was closed before the outcome was known. What is durable goes out when it is opened again.',
  );
}

/** A promise nobody may be waiting for. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The receipt of a transaction that came to nothing: there is nothing to store or send. */
export function emptyReceipt<T>(value: T, version: number): Receipt<T> {
  return new Receipt(value, of<ReceiptStatus>({ phase: 'accepted', version, rebased: 0 }));
}
