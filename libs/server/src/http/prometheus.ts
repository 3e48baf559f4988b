import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from '../meter';
import type { Queued } from '../queued-push';
import type { CommitStore } from '../store/commit-store';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const TIMED = new Set<string | symbol>(['read', 'write', 'purge']);

/** Counts for Prometheus, in a registry of its own. Durations are in seconds, by `now` in milliseconds. */
export class Prometheus implements Meter {
  readonly registry = new Registry();
  readonly #arrivals = new WeakMap<object, number>();
  readonly #commits = this.#counter('atomsync_commits_total', 'Mutations accepted.');
  readonly #conflicts = this.#counter('atomsync_conflicts_total', 'Mutations answered as stale.');
  readonly #refusals = this.#counter('atomsync_refusals_total', 'Mutations refused for good, by code.', [
    'code',
  ]);
  readonly #failures = this.#counter(
    'atomsync_failed_pushes_total',
    'Pushes that failed as a whole, by code.',
    ['code'],
  );
  readonly #pushes = this.#histogram('atomsync_push_seconds', 'From the arrival of a push to its answer.');
  readonly #store = this.#histogram('atomsync_store_seconds', 'Reads and transactions of the store.', [
    'operation',
  ]);
  readonly #waiting = new Gauge({
    name: 'atomsync_waiting',
    help: 'Pushes and notices that wait for the writer.',
    registers: [this.registry],
  });

  constructor(
    connections: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {
    new Gauge({
      name: 'atomsync_connections',
      help: 'Connections that have been welcomed and not closed.',
      registers: [this.registry],
      collect() {
        this.set(connections());
      },
    });
  }

  arrived(item: Queued): void {
    this.#waiting.inc();
    if ('push' in item) this.#arrivals.set(item.push, this.now());
  }

  left(items: readonly Queued[]): void {
    this.#waiting.dec(items.length);
  }

  decided(pushes: Parameters<Meter['decided']>[0]): void {
    for (const { push, outcome } of pushes) {
      const arrived = this.#arrivals.get(push);
      if (arrived !== undefined) this.#pushes.observe((this.now() - arrived) / 1000);
      if (outcome.kind === 'failed') this.#failures.inc({ code: outcome.fault.code });
      if (outcome.kind !== 'decided') continue;
      for (const result of outcome.results) {
        if (result.kind === 'accepted') this.#commits.inc();
        else if (result.kind === 'stale') this.#conflicts.inc();
        else this.#refusals.inc({ code: result.code });
      }
    }
  }

  /** The same store, with its times taken. */
  timed(store: CommitStore): CommitStore {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const method = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (!TIMED.has(name)) return method;
        return async (...args: unknown[]) => {
          const began = this.now();
          try {
            return await method(...args);
          } finally {
            this.#store.observe({ operation: String(name) }, (this.now() - began) / 1000);
          }
        };
      },
    });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: string, help: string, labelNames: L[] = []): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [this.registry] });
  }
}
