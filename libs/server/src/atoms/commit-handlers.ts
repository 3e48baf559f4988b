import { AtomSyncServerError } from '../errors';
import type { AtomHost } from './atom-host';
import type { CommitHandler } from './commit-handler';
import { Places } from './places';
import { ToldHandler } from './told-handler';

/** All handlers of a hub's commits. */
export class CommitHandlers {
  readonly #told = new Map<string, ToldHandler>();
  readonly #places: Places;

  constructor(
    private readonly host: AtomHost,
    private readonly random: () => number = () => Math.random(),
  ) {
    this.#places = new Places(host);
  }

  /** @throws AtomSyncServerError `BAD_OPTION` where the name is taken */
  add(handler: CommitHandler): void {
    const { name, group } = handler;
    if (name === '' || group === '' || this.#told.has(name)) {
      const rule = name === '' || group === '' ? 'neither is empty' : 'each handler has a name of its own';
      throw new AtomSyncServerError(
        'BAD_OPTION',
        `The handler ${JSON.stringify(name)} of the group ${JSON.stringify(group)} cannot be taken: ${rule}.`,
      );
    }
    this.#told.set(name, new ToldHandler(handler, this.host, this.#places, this.random));
  }

  /** Waits for the calls under way, and stores how far all have come. */
  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#told.values(), (told) => told.stop()));
    await this.#places.flush();
  }
}
