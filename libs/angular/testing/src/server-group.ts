import { DocMap } from '@atomsync/atom';
import {
  applyPatch,
  decodeBody,
  decodePatch,
  encodeBody,
  type Change,
  type ClientId,
  type Commit,
  type DocState,
  type FinalResult,
  type LineState,
  type Mutation,
  type Push,
  type Result,
  type Version,
} from '@atomsync/protocol';
import type { LocalDoc } from '@atomsync/client';

/** Why a test's server refuses a write for good. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface Line {
  last: number;
  readonly results: Map<number, FinalResult>;
}

/** One group of a server that a test has in memory: the rules of the real one, without rights, schemas and swaps of its own. */
export class ServerGroup {
  readonly #docs = new Map<string, DocState>();
  readonly #lines = new Map<ClientId, Line>();
  #head: Version = 0;

  constructor(docs: readonly LocalDoc[] = []) {
    if (docs.length > 0) this.#head = 1;
    for (const doc of docs) this.#docs.set(doc.key, { ...doc, version: 1, at: 0 });
  }

  get head(): Version {
    return this.#head;
  }

  /** What there is, as it is stored. */
  stored(prefix: string): LocalDoc[] {
    return this.since(0, prefix).map(({ key, schemaVersion, body }) => ({ key, schemaVersion, body: body! }));
  }

  docs(): DocMap<unknown> {
    return DocMap.from(this.stored('').map(({ key, body }) => [key, decodeBody(body)] as const));
  }

  /** What has changed since a version; from the beginning on, what there is. */
  since(version: Version, prefix: string): DocState[] {
    return [...this.#docs.values()].filter(
      (doc) => doc.key.startsWith(prefix) && (version === 0 ? doc.body !== undefined : doc.version > version),
    );
  }

  line(clientId: ClientId): LineState {
    const { last = 0, results = new Map() } = this.#lines.get(clientId) ?? {};
    return { clientId, last, results: [...results.values()] };
  }

  /** Decides a push, mutation by mutation: what was committed, and what each of them came to. */
  push(push: Push, at: number, refusal: Refusal | undefined): { commits: Commit[]; results: Result[] } {
    const { clientId, base, mutations } = push;
    const line = this.#lines.get(clientId) ?? { last: 0, results: new Map<number, FinalResult>() };
    this.#lines.set(clientId, line);
    const commits: Commit[] = [];
    const results: Result[] = [];
    for (const mutation of mutations) {
      const { number } = mutation;
      const known = line.results.get(number);
      if (known) {
        results.push(known);
        continue;
      }
      const newer = this.#newer(mutation, base, new Set(commits.map(({ version }) => version)));
      if (newer.length > 0) {
        results.push({ number, kind: 'stale', version: this.#head, docs: newer });
        break;
      }
      const result: FinalResult = refusal
        ? { number, kind: 'refused', ...refusal }
        : { number, kind: 'accepted', version: this.#head + 1 };
      if (!refusal) commits.push(this.commit(clientId, number, mutation.changes, at));
      line.last = number;
      line.results.set(number, result);
      results.push(result);
    }
    return { commits, results };
  }

  commit(clientId: ClientId, number: number, changes: readonly Change[], at: number): Commit {
    const version = ++this.#head;
    for (const change of changes) this.#docs.set(change.key, { ...this.#after(change), version, at });
    return { version, clientId, number, at, changes };
  }

  /** Of what a mutation wrote and read, the docs that others have changed since its base. */
  #newer({ changes, reads }: Mutation, base: Version, own: ReadonlySet<Version>): DocState[] {
    const touched = new Set([...changes.map(({ key }) => key), ...(reads === 'group' ? [] : reads)]);
    return [...this.#docs.values()].filter(
      ({ key, version }) => version > base && !own.has(version) && (reads === 'group' || touched.has(key)),
    );
  }

  #after(change: Change): Pick<DocState, 'key' | 'schemaVersion' | 'body'> {
    const { key } = change;
    switch (change.kind) {
      case 'put':
        return { key, schemaVersion: change.schemaVersion, body: change.body.slice() };
      case 'delete':
        return { key, schemaVersion: this.#docs.get(key)?.schemaVersion ?? 1 };
      case 'patch': {
        const body = this.#docs.get(key)?.body;
        const before = body && decodeBody(body);
        const after = applyPatch(decodePatch(change.patch), before);
        return { key, schemaVersion: change.schemaVersion, body: encodeBody(after) };
      }
    }
  }
}
