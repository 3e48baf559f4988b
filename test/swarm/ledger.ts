import type { Link, Transport } from '@atomsync/client';
import {
  applyPatch,
  decodeBody,
  decodeDown,
  decodePatch,
  type Change,
  type Commit,
  type DocState,
} from '@atomsync/protocol';
import { map, tap } from 'rxjs';

/** Is shown all accounts after every step, and the commit that made it, where it was a single one. */
export type Audit = (accounts: ReadonlyMap<string, number>, version: number, commit?: Commit) => void;

/**
 * Keeps accounts by what the server sends, frame by frame, and has them audited after every step that a
 * client may show: a catch-up as a whole, and live commits one by one.
 */
export class Ledger {
  readonly #accounts = new Map<string, number>();
  readonly #audit: Audit;
  #version = 0;
  #pages: DocState[] = [];
  #catchingUp = true;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  get accounts(): ReadonlyMap<string, number> {
    return this.#accounts;
  }

  get version(): number {
    return this.#version;
  }

  /** A transport that shows this ledger every frame before its client sees it. */
  over(transport: Transport): Transport {
    return (url) =>
      transport(url).pipe(
        map((link): Link => {
          this.#pages = [];
          this.#catchingUp = true;
          return {
            down$: link.down$.pipe(
              tap((frame) => {
                this.#hear(frame);
              }),
            ),
            send: (frame) => {
              link.send(frame);
            },
            buffered: () => link.buffered(),
          };
        }),
      );
  }

  #hear(frame: Uint8Array): void {
    const message = decodeDown(frame);
    if (message.type === 'resync') {
      this.#pages = [];
      this.#catchingUp = true;
    }
    if (message.type === 'changes') {
      this.#pages.push(...message.docs);
      if (message.from === 0) this.#accounts.clear();
      if (message.cursor === undefined) return;
      for (const { key, body } of this.#pages) this.#set(key, body && decodeBody(body));
      this.#version = message.cursor.version;
      this.#pages = [];
      this.#catchingUp = false;
      this.#audit(this.#accounts, this.#version);
    }
    if (message.type === 'commits' && !this.#catchingUp) {
      if (message.from > this.#version) {
        this.#catchingUp = true;
        return;
      }
      for (const commit of message.commits) {
        if (commit.version <= this.#version) continue;
        for (const change of commit.changes) this.#set(change.key, this.#after(change));
        this.#version = commit.version;
        this.#audit(this.#accounts, commit.version, commit);
      }
    }
  }

  #after(change: Change): unknown {
    if (change.kind === 'delete') return undefined;
    return change.kind === 'put'
      ? decodeBody(change.body)
      : applyPatch(decodePatch(change.patch), this.#accounts.get(change.key));
  }

  #set(key: string, balance: unknown): void {
    if (balance === undefined) this.#accounts.delete(key);
    else this.#accounts.set(key, balance as number);
  }
}
