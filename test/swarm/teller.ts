import type { DocMap } from '@atomsync/atom';
import {
  openAtomSync,
  syncedAtom,
  webSocketTransport,
  type AtomSync,
  type ClientError,
  type Rejected,
  type SyncedAtom,
} from '@atomsync/client';
import { nodeWebSocket } from '@atomsync/client/node';
import { firstValueFrom } from 'rxjs';
import type { Random } from '../simulation/random';
import { Ledger } from './ledger';

export type Move = (docs: DocMap<number>, from: string, to: string, amount: number) => DocMap<number>;

/** A transfer that was made here, and what the server, or a rebase, made of it. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly outcome: Promise<{ readonly version: number } | { readonly refused: string }>;
}

/** Called with every state that a client shows or is sent. */
export type Check = (accounts: Iterable<readonly [string, number]>, where: string) => void;

/** One client of the bank; whatever it shows, and whatever is sent to it, is checked. */
export class Teller {
  readonly transfers: Transfer[] = [];
  readonly sync: AtomSync;
  readonly bank: SyncedAtom<number>;
  /** Transfers that its own validator refused at once. */
  refusedAtOnce = 0;

  constructor(
    readonly name: string,
    url: string,
    private readonly move: Move,
    check: Check,
  ) {
    const ledger = new Ledger((accounts) => {
      check(accounts, `what is sent to ${name}`);
    });
    this.sync = openAtomSync(name, {
      server: url,
      transport: ledger.over(webSocketTransport({ webSocket: nodeWebSocket() })),
    });
    this.bank = syncedAtom<number>(this.sync, 'bank', {
      validate: (docs) => [...docs.values()].every((balance) => balance >= 0),
    });
    this.bank.subscribe((docs) => {
      check(docs, `what ${name} shows`);
    });
  }

  /** Moves a random amount between two accounts, sometimes more than is there. */
  transfer(random: Random): void {
    const accounts = [...this.bank.value.keys()];
    const from = accounts.splice(random.below(accounts.length), 1)[0]!;
    const to = random.pick(accounts);
    const amount = 1 + random.below(Math.ceil(this.bank.value.get(from)! * 1.1) + 1);
    try {
      const { accepted } = this.bank.transact(this.move, from, to, amount);
      const outcome = accepted.then(
        ({ version }) => ({ version }),
        (error: unknown) => ({ refused: (error as ClientError).code }),
      );
      this.transfers.push({ from, to, amount, outcome });
    } catch (error) {
      if ((error as ClientError).code !== 'INVALID') throw error;
      this.refusedAtOnce++;
    }
  }

  rejected(): Promise<readonly Rejected[]> {
    return firstValueFrom(this.sync.rejected$);
  }
}
