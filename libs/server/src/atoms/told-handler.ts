import { firstValueFrom, merge, ReplaySubject, take, timer, type Subscription } from 'rxjs';
import { groupPattern } from '../group-pattern';
import type { AtomHost } from './atom-host';
import type { Moved } from '../gateways/neighbours';
import type { CommitHandler } from './commit-handler';
import type { Places } from './places';
import { Slots } from './slots';
import type { StoredCommits } from './stored-commit';
import { ToldGroup, type ToldDeps } from './told-group';

/** Groups of which one handler is told at the same time; of each, one commit after the other. */
const AT_ONCE = 16;
/** Groups looked up at a time when the handler starts. */
const LOOK_UP = 64;
/** Milliseconds until that is tried again when it has failed. */
const LOOK_UP_AGAIN = 1000;

/**
 * Tells one handler of the commits in all groups that match. When it starts, groups are looked up in which it has missed
 * something; from then on a group is known here only while there is something to tell.
 */
export class ToldHandler {
  readonly #groups = new Map<string, ToldGroup>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopped$ = new ReplaySubject<void>(1);
  readonly #matches: (group: string) => boolean;
  readonly #deps: ToldDeps;
  readonly #live: Subscription;
  #isStopped = false;
  /** Whether all that was missed has been found: a group that is not known here has been told in full. */
  #isCaughtUp = false;

  constructor(
    private readonly handler: CommitHandler,
    private readonly host: AtomHost,
    places: Places,
    random: () => number,
  ) {
    this.#matches = groupPattern(handler.group);
    this.#deps = { host, places, slots: new Slots(AT_ONCE), stopped$: this.#stopped$, random };
    this.#live = host.committed$.subscribe((stored) => this.#committed(stored));
    this.#live.add(host.neighbours?.follow(handler.group).subscribe((moved) => this.#moved(moved)));
    this.#live.add(host.neighbours?.lookedUp$.subscribe(() => this.#keep(this.#lookUp())));
    this.#keep(this.#lookUp());
  }

  /** Resolves when the calls under way have ended; no others are begun. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#live.unsubscribe();
    this.#stopped$.next();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #committed(stored: StoredCommits): void {
    for (const [group, commits] of stored) {
      if (!this.#matches(group)) continue;
      let told = this.#groups.get(group);
      if (told === undefined) {
        // Of commits of other gateways nobody knows here whether they were told.
        const isTold = this.#isCaughtUp && this.host.neighbours === undefined;
        told = this.#begin(group, isTold ? commits[0]!.version - 1 : undefined);
        told.offer(commits);
        this.#tell(group, told);
      } else {
        told.offer(commits);
      }
    }
  }

  /** Another gateway has committed. */
  #moved({ group, head }: Moved): void {
    if (!this.#matches(group)) return;
    const told = this.#groups.get(group);
    if (told === undefined) this.#tell(group, this.#begin(group, undefined));
    else told.reached(head);
  }

  async #lookUp(): Promise<void> {
    let after: string | undefined = '';
    while (after !== undefined && !this.#isStopped) {
      try {
        after = await this.#lookUpBehind(after);
      } catch (error) {
        this.host.options.onFault(error);
        const pause = timer(LOOK_UP_AGAIN, this.host.options.scheduler);
        await firstValueFrom(merge(pause, this.#stopped$).pipe(take(1)));
      }
    }
  }

  /** Tells the next groups in which something was missed; gives the last one's name, or nothing when there were none. */
  async #lookUpBehind(after: string): Promise<string | undefined> {
    const { host, handler } = this;
    const [prefix = ''] = handler.group.split('*', 1);
    const request = { handler: handler.name, prefix, after, limit: LOOK_UP };
    const names = await host.turns.take(async () => {
      const found = await host.options.store.read((reader) => reader.behind(request));
      // Within the turn: whoever commits from here on finds all that was missed under way.
      if (found.length === 0) this.#isCaughtUp = true;
      return found;
    });
    const behind = names.filter((name) => this.#matches(name) && !this.#groups.has(name));
    await Promise.all(
      behind.map(
        (name) => new Promise<void>((tried) => this.#tell(name, this.#begin(name, undefined), tried)),
      ),
    );
    return names.at(-1);
  }

  #begin(group: string, told: number | undefined): ToldGroup {
    const begun = new ToldGroup(group, this.handler, this.#deps, told);
    this.#groups.set(group, begun);
    return begun;
  }

  #tell(group: string, told: ToldGroup, tried: () => void = () => undefined): void {
    this.#keep(told.run(tried, () => this.#groups.delete(group)));
  }

  #keep(work: Promise<void>): void {
    this.#running.add(work);
    work
      .finally(() => this.#running.delete(work))
      .catch((error: unknown) => this.host.options.onFault(error));
  }
}
