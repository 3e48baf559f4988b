import { BehaviorSubject, defer, distinctUntilChanged, startWith, type Observable } from 'rxjs';
import { ClientError } from './errors';
import type { PendingMutation } from './pending';
import type { ReceiptStatus } from './receipt';

type Followed = Pick<PendingMutation<unknown>, 'receipt' | 'order'>;
type Status = BehaviorSubject<ReceiptStatus>;

/** The receipts of one group that wait for their outcome. */
export class Receipts {
  readonly #open = new Map<number, Status>();
  /** Those whose writes are not durable yet, and their places in the order of writes. */
  readonly #volatile = new Map<number, number>();
  #durable = 0;

  /** Writes through this place are durable. */
  get durableOrder(): number {
    return this.#durable;
  }

  /** Begins to follow a mutation. */
  follow({ receipt, order }: Followed, durable: boolean): Observable<ReceiptStatus> {
    const status: Status = new BehaviorSubject<ReceiptStatus>({ phase: durable ? 'durable' : 'pending' });
    if (receipt !== undefined) {
      this.#open.set(receipt, status);
      if (!durable) this.#volatile.set(receipt, order);
    }
    // Its last word is replayed after it has completed, as a BehaviorSubject alone would not.
    return defer(() => status.pipe(startWith(status.value), distinctUntilChanged()));
  }

  durable(order: number): void {
    this.#durable = Math.max(this.#durable, order);
    for (const [receipt, made] of this.#volatile) if (made <= this.#durable) this.#harden(receipt);
  }

  /** Another tab has made this write durable. */
  taken({ receipt }: Followed): void {
    if (receipt !== undefined && this.#volatile.has(receipt)) this.#harden(receipt);
  }

  /** Writes have new places, counted by a local store that holds all through `durable`. */
  placed(pending: Iterable<Followed>, durable: number): void {
    for (const { receipt, order } of pending) {
      if (receipt !== undefined && this.#volatile.has(receipt)) this.#volatile.set(receipt, order);
    }
    this.#durable = durable;
    this.durable(durable);
  }

  confirmed({
    mutation,
    version,
  }: {
    readonly mutation: Followed & { readonly rebased: number };
    readonly version: number;
  }): void {
    this.#finish(mutation, { phase: 'accepted', version, rebased: mutation.rebased });
  }

  refused({
    mutation,
    code,
    message,
  }: {
    readonly mutation: Followed;
    readonly code: string;
    readonly message: string;
  }): void {
    this.#finish(mutation, { phase: 'refused', error: new ClientError(code, message) });
  }

  /** Nothing more is heard here. */
  end(): void {
    for (const status of this.#open.values()) status.complete();
    this.#open.clear();
  }

  #harden(receipt: number): void {
    this.#volatile.delete(receipt);
    this.#open.get(receipt)?.next({ phase: 'durable' });
  }

  #finish({ receipt }: Followed, outcome: ReceiptStatus): void {
    if (receipt === undefined) return;
    this.#volatile.delete(receipt);
    const status = this.#open.get(receipt);
    if (status === undefined) return;
    this.#open.delete(receipt);
    status.next(outcome);
    status.complete();
  }
}
