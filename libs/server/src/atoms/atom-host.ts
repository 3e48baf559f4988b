import type { Observable } from 'rxjs';
import type { Principal } from '../auth/sync-auth';
import type { Neighbours } from '../gateways/neighbours';
import type { HubOptions } from '../hub-options';
import type { Epoch } from '../store/commit-store';
import type { Turns } from '../turns';
import type { ServerWrite } from './queued-write';
import type { StoredCommits } from './stored-commit';

/** What atoms and handlers of commits need of the hub they belong to. */
export interface AtomHost {
  readonly options: HubOptions;
  readonly turns: Turns;
  readonly epoch: Epoch;
  /** What each transaction stored, after its commit. */
  readonly committed$: Observable<StoredCommits>;
  /** The other gateways, where there may be any. */
  readonly neighbours: Neighbours | undefined;
  epochId(ordinal: number): string;
  epochOrdinal(id: string): number | undefined;
  /** The line this process writes in for a principal. */
  lineOf(principal: Principal): string;
  /** Queues a write; `done` hears of it. Throws `HUB_CLOSED`. */
  write(write: ServerWrite): void;
}
