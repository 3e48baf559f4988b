import { ReplaySubject } from 'rxjs';
import { ClientError } from './errors';
import type { PendingMutation } from './pending';
import type { ReceiptStatus } from './receipt';
import { pendingId } from './records';

type Named = Pick<PendingMutation<unknown>, 'clientId' | 'number' | 'order'>;
type Status = ReplaySubject<ReceiptStatus>;

/** The receipts of one group that wait for their outcome. */
export class Receipts {
  readonly #open = new Map<string, Status>();
  readonly #volatile = new Map<string, number>();

  /** Begins to follow a mutation. */
  follow(mutation: Named, durable: boolean): Status {
    const id = pendingId(mutation);
    // Replays its last word after it has completed, as a BehaviorSubject would not.
    const status: Status = new ReplaySubject(1);
    status.next({ phase: durable ? 'durable' : 'pending' });
    this.#open.set(id, status);
    if (!durable) this.#volatile.set(id, mutation.order);
    return status;
  }

  durable(order: number): void {
    for (const [id, made] of this.#volatile) {
      if (made > order) continue;
      this.#volatile.delete(id);
      this.#open.get(id)?.next({ phase: 'durable' });
    }
  }

  confirmed({
    mutation,
    version,
  }: {
    readonly mutation: Named & { readonly rebased: number };
    readonly version: number;
  }): void {
    this.#finish(pendingId(mutation), { phase: 'accepted', version, rebased: mutation.rebased });
  }

  refused({
    mutation,
    code,
    message,
  }: {
    readonly mutation: Named;
    readonly code: string;
    readonly message: string;
  }): void {
    this.#finish(pendingId(mutation), { phase: 'refused', error: new ClientError(code, message) });
  }

  /** Nothing more is heard here. */
  end(): void {
    for (const status of this.#open.values()) status.complete();
    this.#open.clear();
  }

  #finish(id: string, outcome: ReceiptStatus): void {
    this.#volatile.delete(id);
    const status = this.#open.get(id);
    if (status === undefined) return;
    this.#open.delete(id);
    status.next(outcome);
    status.complete();
  }
}
