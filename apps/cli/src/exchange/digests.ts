import { canonicalBytes } from '@atomsync/protocol';
import { hash } from 'node:crypto';

/** Nesting of a doc's value, at most, whatever the server allows. */
const MAX_DEPTH = 1000;

/** A doc of an exchange. */
export interface ExchangedDoc {
  readonly group: string;
  readonly key: string;
  readonly schemaVersion: number;
  readonly value: unknown;
}

/** How many docs there are, and what they come to. */
export interface Sum {
  readonly docs: number;
  readonly digest: string;
}

/**
 * What docs come to: the same for the same docs, in whichever order and however often they came. Of each doc 32 bytes and
 * its key are kept, however large it is.
 *
 * A doc counts as the SHA-256 of the canonical CBOR of `[group, key, schema version, value]`, and docs together as the SHA-256
 * of theirs in bytewise order.
 */
export class Digests {
  readonly #groups = new Map<string, Map<string, string>>();

  /** Names of the groups that have been heard of. */
  get groups(): readonly string[] {
    return [...this.#groups.keys()].sort();
  }

  /** Notes a doc as it is now. Returns whether it was another one before, or not there. */
  set({ group, key, schemaVersion, value }: ExchangedDoc): boolean {
    const docs = this.#docs(group);
    const before = docs.get(key);
    // As Latin-1 a digest takes its own 32 bytes, and sorts bytewise.
    const now = hash('sha256', canonicalBytes([group, key, schemaVersion, value], MAX_DEPTH), 'binary');
    if (now === before) return false;
    docs.set(key, now);
    return true;
  }

  /** Notes that a doc is not there any more. Returns whether it was. */
  delete(group: string, key: string): boolean {
    return this.#docs(group).delete(key);
  }

  size(group: string): number {
    return this.#groups.get(group)?.size ?? 0;
  }

  /** Forgets all docs of a group. */
  clear(group: string): void {
    this.#docs(group).clear();
  }

  /** Notes a group, which may have no docs. */
  open(group: string): void {
    this.#docs(group);
  }

  /** Of these groups together; of all by default. */
  sum(groups: readonly string[] = this.groups): Sum {
    const all = groups.flatMap((group) => [...(this.#groups.get(group)?.values() ?? [])]).sort();
    return { docs: all.length, digest: hash('sha256', Buffer.from(all.join(''), 'latin1'), 'hex') };
  }

  #docs(group: string): Map<string, string> {
    let docs = this.#groups.get(group);
    if (!docs) this.#groups.set(group, (docs = new Map<string, string>()));
    return docs;
  }
}
