import { ClientError } from './errors';
import { Group } from './group';
import type { GroupHost, OpenGroup } from './group-host';
import type { RejectedRecord } from './records';
import type { FollowerMessage } from './tabs/tab-message';
import { Migrations } from './migrations';
import { writeRules } from './write-rules';

/** What an atom of a client must be able to do for it. */
export interface OpenAtom {
  readonly group: OpenGroup;
  /** Writes a refused mutation again. */
  retry(record: RejectedRecord): void;
  finish(): void;
}

interface Opened {
  readonly kind: string;
  readonly prefix: string;
  readonly atom: OpenAtom;
  users: number;
}

/** The groups that are open in a client: once each, however many ask. */
export class OpenAtoms {
  readonly #client: string;
  readonly #host: GroupHost;
  readonly #opened = new Map<string, Opened>();
  /** Open for other tabs only. */
  readonly #served = new Map<string, OpenGroup>();
  readonly #ending = new Map<string, Promise<void>>();
  #closed = false;

  constructor(client: string, host: GroupHost) {
    this.#client = client;
    this.#host = host;
  }

  get groups(): OpenGroup[] {
    return [...this.#served.values(), ...Array.from(this.#opened.values(), ({ atom }) => atom.group)];
  }

  /** The atom of a group, made when it is not open yet; as often as it is acquired it must be released. */
  acquire<A extends OpenAtom>(kind: string, group: string, prefix: string, make: (host: GroupHost) => A): A {
    if (this.#closed) {
      throw new ClientError(
        'CLOSED',
        `The client '${this.#client}' is closed. Open a new one with openAtomSync().`,
      );
    }
    const open = this.#opened.get(group);
    if (open && (open.kind !== kind || open.prefix !== prefix)) {
      throw new ClientError(
        'GROUP_IN_USE',
        `The group '${group}' is open as a ${open.kind} with prefix '${open.prefix}', and cannot be opened as a ` +
          `${kind} with prefix '${prefix}' beside it. Close the other one first, or use another client.`,
      );
    }
    if (!open) this.#unserve(group);
    const entry = open ?? { kind, prefix, atom: make(this.#host), users: 0 };
    entry.users++;
    this.#opened.set(group, entry);
    return entry.atom as A;
  }

  /** The last release ends the atom. */
  release(atom: OpenAtom): void {
    const { name } = atom.group;
    const open = this.#opened.get(name);
    if (open?.atom !== atom || --open.users > 0) return;
    this.#opened.delete(name);
    atom.finish();
    this.#end(atom.group);
  }

  /** The atom of a group that the app deals with now. */
  demand(group: string): OpenAtom {
    const open = this.#opened.get(group);
    if (open) return open.atom;
    throw new ClientError(
      'CLOSED',
      `The group '${group}' is closed, and its refused mutations rest in the local store. Open it to retry or drop them.`,
    );
  }

  /** Resolves when earlier openings of a group have given its place in the local store back. */
  async ended(group: string): Promise<void> {
    await this.#ending.get(group);
  }

  /** What another tab says to the leading one; a group it asks for is opened, and says so when it is there. */
  hear(message: FollowerMessage): void {
    const { group } = message;
    const open = this.#opened.get(group)?.atom.group ?? this.#served.get(group);
    if (open) {
      open.hear(message);
    } else if (message.kind === 'attach') {
      this.#served.set(group, serve(message, this.#host));
    }
  }

  /** Another tab leads: it serves what others have open. */
  unserve(): void {
    for (const group of [...this.#served.keys()]) this.#unserve(group);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.unserve();
    const atoms = Array.from(this.#opened.values(), ({ atom }) => atom);
    this.#opened.clear();
    for (const atom of atoms) atom.finish();
    await Promise.all([...this.#ending.values(), ...atoms.map(({ group }) => group.end())]);
  }

  #unserve(group: string): void {
    const served = this.#served.get(group);
    if (!served) return;
    this.#served.delete(group);
    this.#end(served);
  }

  #end(group: OpenGroup): void {
    this.#ending.set(
      group.name,
      group.end().finally(() => this.#ending.delete(group.name)),
    );
  }
}

/** A group that is open for another tab: what its docs are only that one knows. */
function serve(
  { group, prefix, version }: Extract<FollowerMessage, { kind: 'attach' }>,
  host: GroupHost,
): OpenGroup {
  return new Group(group, prefix, host, {
    ...writeRules(prefix, {}, () => undefined),
    migrations: Migrations.unread(group, version),
    revive: () => undefined,
  });
}
