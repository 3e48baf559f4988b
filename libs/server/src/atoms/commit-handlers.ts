import { Subscription } from 'rxjs';
import { AtomSyncServerError } from '../errors';
import type { AtomHost } from './atom-host';
import type { CommitHandler } from './commit-handler';
import { Places } from './places';
import { ToldHandler } from './told-handler';

/** A handler, and how it is being told while this process holds its name. */
interface Held {
  readonly holding: Subscription;
  told: ToldHandler | undefined;
  /** Ends when the one before has been stopped. */
  stopped: Promise<void>;
}

/** All handlers of a hub's commits. Where several gateways have the same ones, each is told by one of them at a time. */
export class CommitHandlers {
  readonly #held = new Map<string, Held>();
  readonly #places: Places;
  #isStopped = false;

  constructor(
    private readonly host: AtomHost,
    private readonly random: () => number = () => Math.random(),
  ) {
    this.#places = new Places(host);
  }

  /** @throws AtomSyncServerError `BAD_OPTION` where the name is taken */
  add(handler: CommitHandler): void {
    const { name, group } = handler;
    if (name === '' || group === '' || this.#held.has(name)) {
      const rule = name === '' || group === '' ? 'neither is empty' : 'each handler has a name of its own';
      throw new AtomSyncServerError(
        'BAD_OPTION',
        `The handler ${JSON.stringify(name)} of the group ${JSON.stringify(group)} cannot be taken: ${rule}.`,
      );
    }
    const { shared } = this.host.options.store;
    const held: Held = { holding: new Subscription(), told: undefined, stopped: Promise.resolve() };
    this.#held.set(name, held);
    if (shared === undefined) {
      held.told = this.#tell(handler);
    } else {
      held.holding.add(
        shared.hold(`handler ${name}`).subscribe((isHeld) => {
          if (isHeld) this.#takeUp(handler, held);
          else this.#letGo(handler, held);
        }),
      );
    }
  }

  /** Waits for the calls under way, and stores how far all have come. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = [...this.#held.values()];
    await Promise.all(all.map(({ stopped }) => stopped));
    await Promise.all(all.flatMap(({ told }) => told?.stop() ?? []));
    await this.#places.flush();
    // Whoever is told next begins where this process has come to.
    for (const { holding } of all) holding.unsubscribe();
  }

  #takeUp(handler: CommitHandler, held: Held): void {
    held.stopped = held.stopped.then(() => {
      if (!this.#isStopped) held.told = this.#tell(handler);
    });
  }

  /** The place of this process was lost: others go on from what is stored. */
  #letGo(handler: CommitHandler, held: Held): void {
    held.stopped = held.stopped.then(async () => {
      const told = held.told;
      held.told = undefined;
      await told?.stop();
      this.#places.forget(handler.name);
    });
  }

  #tell(handler: CommitHandler): ToldHandler {
    return new ToldHandler(handler, this.host, this.#places, this.random);
  }
}
