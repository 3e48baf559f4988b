import type { Check } from './teller';
import { RawFollower } from './raw-follower';

/** What is in each account at first. */
export const OPENING = 100;

/** What the bank's server has sent to one who only listens, and all that was found wrong with anyone's accounts. */
export class Books {
  readonly faults: string[] = [];
  /** Line and number of every commit that has moved anything. */
  readonly moving = new Set<string>();
  readonly #total: number;
  readonly #follower: RawFollower;
  readonly #moved = new Map<number, ReadonlyMap<string, number>>();

  constructor(url: string, accounts: readonly string[]) {
    this.#total = accounts.length * OPENING;
    let before = new Map<string, number>();
    this.#follower = new RawFollower(url, 'bank', (after, version, commit) => {
      this.check(after, `version ${version}`);
      const moved = new Map<string, number>();
      for (const { key } of commit?.changes ?? []) moved.set(key, after.get(key)! - (before.get(key) ?? 0));
      this.#moved.set(version, moved);
      if (commit && moved.size > 0) this.moving.add(`${commit.clientId} ${commit.number}`);
      before = new Map(after);
    });
  }

  /** Notes when accounts have the wrong total, or one of them is below zero. */
  readonly check: Check = (accounts, where) => {
    let [total, least] = [0, 0];
    for (const [, balance] of accounts) {
      total += balance;
      least = Math.min(least, balance);
    }
    if (least < 0) this.faults.push(`${where}: an account with ${least}`);
    if (total !== this.#total && total !== 0) this.faults.push(`${where}: a total of ${total}`);
  };

  get accounts(): ReadonlyMap<string, number> {
    return this.#follower.ledger.accounts;
  }

  /** What the commit of this version has moved, by account. */
  async movedBy(version: number): Promise<ReadonlyMap<string, number> | undefined> {
    await this.#follower.reached(version);
    return this.#moved.get(version);
  }

  close(): void {
    this.#follower.close();
  }
}
