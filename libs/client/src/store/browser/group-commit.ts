import type { LocalStoreError } from '../local-store-error';
import type { Changes } from './records-driver';
import { seal, type GroupKeys } from './stored-records';

/** The end of a group's journal, where appends go. */
export interface JournalEnd {
  readonly keys: GroupKeys;
  /** Of the next record. */
  sequence: number;
  /** Told before any append that failed: none that comes after may succeed. */
  failed(error: LocalStoreError): void;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly done: () => void;
  readonly failed: (error: LocalStoreError) => void;
}

type Round = Map<JournalEnd, Waiting[]>;

/** Makes durable, in one transaction, whatever was appended to any group while the last one was under way. */
export class GroupCommit {
  #waiting: Round = new Map();
  #draining: Promise<void> | undefined;

  constructor(readonly commit: (changes: Changes) => Promise<void>) {}

  append(end: JournalEnd, payload: Uint8Array): Promise<void> {
    return new Promise((done, failed) => {
      const waiting = this.#waiting.get(end) ?? [];
      this.#waiting.set(end, waiting);
      waiting.push({ payload, done, failed });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits, or is under way, of what was appended before. */
  async settled(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // What is appended in the same turn belongs to one round.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const round = this.#waiting;
      this.#waiting = new Map();
      try {
        await this.commit({ put: [...round].map(([end, waiting]) => recordOf(end, waiting)) });
        for (const { done } of appends(round)) done();
      } catch (error) {
        // What waits builds on what failed, or meets the same trouble.
        this.#refuse(round, error as LocalStoreError);
        this.#refuse(this.#waiting, error as LocalStoreError);
        this.#waiting = new Map();
      }
    }
    this.#draining = undefined;
  }

  #refuse(round: Round, error: LocalStoreError): void {
    for (const end of round.keys()) end.failed(error);
    for (const { failed } of appends(round)) failed(error);
  }
}

const recordOf = (end: JournalEnd, waiting: readonly Waiting[]): readonly [string, Uint8Array] => {
  const key = end.keys.journal(end.sequence++);
  return [
    key,
    seal(
      key,
      waiting.map(({ payload }) => payload),
    ),
  ];
};

const appends = (round: Round): Waiting[] => [...round.values()].flat();
