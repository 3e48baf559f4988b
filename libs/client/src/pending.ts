import type { Doc, DocMap } from '@atomsync/atom';
import type { Body, Change, ClientId, Version } from '@atomsync/protocol';
import type { ConflictPolicy } from './conflict';

/** What a mutation did to one doc: `undefined` stands for an absent doc. */
export interface Edit<D> {
  readonly before: Doc<D> | undefined;
  readonly after: Doc<D> | undefined;
}

/** A named swap as it is stored and sent. */
export interface NamedCall {
  readonly name: string;
  /** The encoded arguments and the place in the group; see `encodeSwapInput`. */
  readonly input: Body;
}

/** Why a mutation on its way came to nothing here, and what it had done before. */
export interface Doubt<D> {
  readonly code: string;
  readonly message: string;
  readonly edits: ReadonlyMap<string, Edit<D>>;
  /** Its docs may not be read any more: it is not run again, whatever becomes of them. */
  readonly isWithdrawn?: boolean;
}

/** What a transaction asks for beyond the ordinary. */
export interface WriteTerms {
  /** `'reject'`: refuse it with `STALE` instead of running or merging it again. */
  readonly ifStale?: 'rebase' | 'reject';
  /** Milliseconds since 1970, after which the server refuses it with `EXPIRED`. */
  readonly expiresAt?: number;
  /** How two writes of one field are settled; the atom's own rule by default. */
  readonly onConflict?: ConflictPolicy;
}

/** A mutation's name within its group. */
export interface MutationId {
  readonly clientId: ClientId;
  /** 1, 2, 3… per line and group. */
  readonly number: number;
}

/** An own write that the server has not confirmed yet. */
export interface PendingMutation<D> extends MutationId {
  /** Its place among all the writes of this process: what is durable is known by it. */
  readonly order: number;
  readonly edits: ReadonlyMap<string, Edit<D>>;
  /** Keys it read; those it also wrote may be among them. */
  readonly reads: ReadonlySet<string>;
  readonly readsGroup: boolean;
  /** Runs the write again on other docs; absent for plain data, which is merged field by field. */
  readonly run: ((docs: DocMap<D>) => DocMap<D>) | undefined;
  readonly call: NamedCall | undefined;
  /** The docs the named swap is scoped to; absent when the server must not run it. */
  readonly scope: readonly string[] | undefined;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly madeAt: number;
  /** The version of the docs it was first made on: its author had not seen what came later. */
  readonly madeOn: Version;
  /** Data of others gave way to it when it was merged: they are to hear of it. */
  readonly covers: boolean;
  readonly terms: WriteTerms;
  /** `edits` as they go over the wire. */
  readonly changes: readonly Change[];
  /** How often it has been rebased. */
  readonly rebased: number;
  /** Who waits for its outcome, under whatever number it gets it; not stored. */
  readonly receipt?: number | undefined;
  /** What the tab that made it calls it; absent for this tab's own. */
  readonly author?: MutationId | undefined;
  /** It can be rebased as it was meant only where it was made: by a function that is neither stored nor sent. */
  readonly tied?: boolean | undefined;
  /** What it was called when another tab gave it back to be run again. */
  readonly redeems?: MutationId | undefined;
  /** It was queued again without the commits of others that it was made on top of: it stands on nothing yet. */
  readonly unfounded?: boolean | undefined;
  /** It cannot stand on the present base, but the server, which may run it on another, has yet to say so. */
  readonly doubt?: Doubt<D> | undefined;
}

/** What the tab that made a mutation calls it. */
export function authorOf({
  author,
  clientId,
  number,
}: MutationId & { readonly author?: MutationId | undefined }): MutationId {
  return author ?? { clientId, number };
}

/** Whether a mutation depends on, or writes, one of `keys`. */
export function touches<D>(mutation: PendingMutation<D>, keys: ReadonlyMap<string, unknown>): boolean {
  if (keys.size === 0) return false;
  if (mutation.readsGroup) return true;
  for (const key of mutation.edits.keys()) if (keys.has(key)) return true;
  for (const key of mutation.reads) if (keys.has(key)) return true;
  return false;
}

/**
 * Own mutations in the order they were made. Knows by key whether any of them is touched by a change, so
 * that a remote commit costs nothing per pending mutation it does not concern.
 */
export class PendingQueue<D> implements Iterable<PendingMutation<D>> {
  #items: PendingMutation<D>[] = [];
  #head = 0;
  readonly #keys = new Map<string, number>();
  readonly #lines = new Map<ClientId, number>();
  #groupReaders = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): PendingMutation<D> | undefined {
    return this.#items[this.#head];
  }

  *[Symbol.iterator](): Iterator<PendingMutation<D>> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i]!;
  }

  add(mutation: PendingMutation<D>): void {
    this.#items.push(mutation);
    this.#count(mutation, 1);
  }

  /** Lines that have mutations here. */
  lines(): ClientId[] {
    return [...this.#lines.keys()];
  }

  clear(): PendingMutation<D>[] {
    const taken = [...this];
    this.#reset([]);
    for (const item of taken) this.#count(item, -1);
    return taken;
  }

  /** Takes out the mutations of one line through `number`; they are at the front as a rule. */
  takeThrough(clientId: ClientId, number: number): PendingMutation<D>[] {
    if (!this.#lines.has(clientId)) return [];
    const isTaken = (item: PendingMutation<D>): boolean =>
      item.clientId === clientId && item.number <= number;
    const taken: PendingMutation<D>[] = [];
    for (let item = this.first; item !== undefined && isTaken(item); item = this.first) {
      taken.push(item);
      this.#head++;
    }
    if (taken.length === 0 && this.first?.clientId !== clientId) {
      taken.push(...[...this].filter(isTaken));
      this.#reset([...this].filter((item) => !isTaken(item)));
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#reset([...this]);
    }
    for (const item of taken) this.#count(item, -1);
    return taken;
  }

  /** Puts rebased mutations in the place of those they came from. */
  replace(rebased: ReadonlyMap<PendingMutation<D>, PendingMutation<D>>): void {
    for (let i = this.#head; i < this.#items.length; i++) {
      const after = rebased.get(this.#items[i]!);
      if (after === undefined) continue;
      this.#count(this.#items[i]!, -1);
      this.#count(after, 1);
      this.#items[i] = after;
    }
  }

  /** Whether any mutation in the queue depends on, or writes, one of `keys`. */
  isTouchedBy(keys: ReadonlyMap<string, unknown>): boolean {
    if (keys.size === 0) return false;
    if (this.#groupReaders > 0) return true;
    if (this.#keys.size < keys.size) {
      for (const key of this.#keys.keys()) if (keys.has(key)) return true;
      return false;
    }
    for (const key of keys.keys()) if (this.#keys.has(key)) return true;
    return false;
  }

  #reset(items: PendingMutation<D>[]): void {
    this.#items = items;
    this.#head = 0;
  }

  #count(mutation: PendingMutation<D>, by: 1 | -1): void {
    if (mutation.readsGroup) this.#groupReaders += by;
    addTo(this.#lines, mutation.clientId, by);
    for (const key of mutation.edits.keys()) addTo(this.#keys, key, by);
    for (const key of mutation.reads) addTo(this.#keys, key, by);
  }
}

function addTo(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
