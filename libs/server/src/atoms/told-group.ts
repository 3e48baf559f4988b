import type { Version } from '@atomsync/protocol';
import { firstValueFrom, merge, take, timer, type Observable } from 'rxjs';
import { AtomSyncServerError } from '../errors';
import type { AtomHost } from './atom-host';
import { toCommit } from './commit';
import { CommitFeed, type CommitRange } from './commit-feed';
import type { CommitHandler } from './commit-handler';
import { DocForms } from './doc-forms';
import type { Places } from './places';
import type { Slots } from './slots';
import type { StoredCommit } from './stored-commit';

/** Waits between tries, in milliseconds: doubled each time, with jitter, up to a minute. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 60_000;

export interface ToldDeps {
  readonly host: AtomHost;
  readonly places: Places;
  readonly slots: Slots;
  readonly stopped$: Observable<unknown>;
  /** From 0 up to 1, below it. */
  readonly random: () => number;
}

/** One group that a handler is being told of, until it has heard all there is. */
export class ToldGroup {
  #feed: CommitFeed | undefined;
  #isStopped = false;
  #tries = 0;

  /** @param told the version through which the handler has been told and the group went, where that is known */
  constructor(
    private readonly group: string,
    private readonly handler: CommitHandler,
    private readonly deps: ToldDeps,
    told: Version | undefined,
  ) {
    if (told !== undefined) this.#feed = new CommitFeed(deps.host, group, told, told);
  }

  /** Takes in what has just been committed. */
  offer(commits: readonly StoredCommit[]): void {
    // A feed that has not been opened yet begins with what is in the store.
    this.#feed?.offer(commits);
  }

  /** The group goes through this version. */
  reached(head: Version): void {
    this.#feed?.reached(head);
  }

  /**
   * Tells all there is, and calls `ended` in the same step in which nothing more was there; `tried` comes once the first
   * commit was dealt with, or not, and maybe again.
   */
  async run(tried: () => void, ended: () => void): Promise<void> {
    const stopped = this.deps.stopped$.subscribe(() => (this.#isStopped = true));
    let range: CommitRange | undefined;
    while (!this.#isStopped) {
      try {
        const feed = (this.#feed ??= await this.#open());
        range ??= await feed.take();
        if (range !== undefined) {
          if (!(await this.#tell(range))) break;
          this.deps.places.move({ handler: this.handler.name, group: this.group, version: range.to });
          range = undefined;
          this.#tries = 0;
        }
        tried();
        if (!feed.isBehind) break;
      } catch (error) {
        this.#report(range, error);
        tried();
        await this.#wait();
      }
    }
    stopped.unsubscribe();
    tried();
    ended();
  }

  async #open(): Promise<CommitFeed> {
    const { host, places } = this.deps;
    return new CommitFeed(host, this.group, await places.of(this.handler.name, this.group));
  }

  /** False where it was stopped before its turn came. */
  #tell(range: CommitRange): Promise<boolean> {
    const { host, slots } = this.deps;
    return slots.use(async () => {
      if (this.#isStopped) return false;
      await this.handler.handle(
        toCommit(host, new DocForms<unknown>(this.group, host.options.features), range),
      );
      return true;
    });
  }

  #report(range: CommitRange | undefined, cause: unknown): void {
    const { host } = this.deps;
    const where = `${JSON.stringify(this.group)}${range === undefined ? '' : ` at version ${range.to}`}`;
    const why = cause instanceof Error ? cause.message : String(cause);
    host.options.onFault(
      new AtomSyncServerError(
        'HANDLER_FAILED',
        `The handler ${this.handler.name} failed on ${where} (try ${this.#tries + 1}), and is called again: ${why}`,
        { cause },
      ),
    );
  }

  async #wait(): Promise<void> {
    const { host, stopped$, random } = this.deps;
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.#tries++, 20));
    const pause = timer(most / 2 + (random() * most) / 2, host.options.scheduler);
    await firstValueFrom(merge(pause, stopped$).pipe(take(1)), { defaultValue: undefined });
  }
}
