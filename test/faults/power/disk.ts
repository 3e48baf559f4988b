import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Random } from '../../simulation/random';

/** One thing that a process did to a file, as `record-writes.c` writes it down. */
export type DiskEvent =
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync' | 'sync-names' | 'open' | 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string };

export function readEvents(record: Buffer): DiskEvent[] {
  const events: DiskEvent[] = [];
  let at = 0;
  const line = (): string => {
    const end = record.indexOf(10, at);
    const text = record.toString('utf8', at, end);
    at = end + 1;
    return text;
  };
  while (at < record.length) {
    const said = line();
    const [code, rest] = [said[0], said.slice(2)];
    if (code === 'W') {
      const [, offset, length, path] = /^(\d+) (\d+) (.*)$/.exec(rest)!;
      const bytes = record.subarray(at, at + Number(length));
      at += Number(length);
      events.push({ kind: 'write', path: path!, offset: Number(offset), bytes });
    } else if (code === 'T') {
      const [, size, path] = /^(\d+) (.*)$/.exec(rest)!;
      events.push({ kind: 'truncate', path: path!, size: Number(size) });
    } else if (code === 'R') events.push({ kind: 'rename', path: rest, to: line() });
    else events.push({ kind: KINDS[code as keyof typeof KINDS], path: rest });
  }
  return events;
}

const KINDS = { S: 'sync', D: 'sync-names', C: 'open', U: 'remove' } as const;

/** What a disk writes at once, or not at all. Bytes. */
const SECTOR = 512;

type Change = Extract<DiskEvent, { readonly kind: 'write' | 'truncate' }>;

/** A file, whatever its name: what is on the disk of it, and what was written since and may be lost. */
class Inode {
  #durable: Buffer = Buffer.alloc(0);
  #since: Change[] = [];

  change(change: Change): void {
    this.#since.push(change);
  }

  sync(): void {
    for (const change of this.#since) this.#durable = changed(this.#durable, change);
    this.#since = [];
  }

  /** After a power cut: of what was not synced, each change is there, or not, or in part. */
  afterCut(random: Random): Buffer {
    let bytes = this.#durable;
    // Mostly one way: a disk that has written nothing yet, or all but the last.
    const likely = random.pick([0, 0.5, 0.95]);
    for (const change of this.#since) {
      if (random.chance(likely)) bytes = changed(bytes, change);
      else if (change.kind === 'write' && random.chance(0.5)) {
        const sectors = Math.ceil(change.bytes.length / SECTOR);
        const part = change.bytes.subarray(0, random.below(sectors) * SECTOR);
        bytes = changed(bytes, { ...change, bytes: part });
      }
    }
    return bytes;
  }
}

function changed(before: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') {
    const after = Buffer.alloc(change.size);
    before.copy(after, 0, 0, Math.min(before.length, change.size));
    return after;
  }
  const { offset, bytes } = change;
  if (bytes.length === 0) return before;
  const after = Buffer.alloc(Math.max(before.length, offset + bytes.length));
  before.copy(after);
  bytes.copy(after, offset);
  return after;
}

/** A change of names: which file one leads to, if any. */
interface Naming {
  readonly directory: string;
  readonly path: string;
  readonly inode: Inode | undefined;
}

/** A disk under the events of a process: what was synced is safe, and the rest is up to the moment of the power cut. */
export class Disk {
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  #namings: Naming[] = [];

  /** Takes an event in. With `settled`, as if everything had been synced with it. */
  take(event: DiskEvent, settled = false): void {
    const { path } = event;
    switch (event.kind) {
      case 'write':
      case 'truncate':
        this.#at(path).change(event);
        break;
      case 'sync':
        this.#at(path).sync();
        break;
      case 'open':
        this.#at(path);
        break;
      case 'rename': {
        const inode = this.#at(path);
        this.#name(path, undefined);
        this.#name(event.to, inode);
        break;
      }
      case 'remove':
        this.#name(path, undefined);
        break;
      case 'sync-names':
        this.#syncNames(path);
    }
    if (!settled) return;
    for (const inode of this.#names.values()) inode.sync();
    for (const { directory } of this.#namings) this.#syncNames(directory);
  }

  /** Writes what would be found after a power cut now below `to`, for the files that were below `from`. */
  cut(random: Random, from: string, to: string): void {
    const names = new Map(this.#durableNames);
    // Changes of names reach the disk in their order.
    for (const { path, inode } of this.#namings.slice(0, random.below(this.#namings.length + 1))) {
      if (inode) names.set(path, inode);
      else names.delete(path);
    }
    mkdirSync(to, { recursive: true });
    for (const [path, inode] of names) {
      // An index of what is in the log, made anew by whoever opens it.
      if (path.endsWith('-shm')) continue;
      const file = join(to, relative(from, path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, inode.afterCut(random));
    }
  }

  #at(path: string): Inode {
    const known = this.#names.get(path);
    if (known) return known;
    const inode = new Inode();
    this.#name(path, inode);
    return inode;
  }

  #name(path: string, inode: Inode | undefined): void {
    if (inode) this.#names.set(path, inode);
    else this.#names.delete(path);
    this.#namings.push({ directory: dirname(path), path, inode });
  }

  #syncNames(directory: string): void {
    const isIn = (naming: Naming): boolean => naming.directory === directory;
    for (const { path, inode } of this.#namings.filter(isIn)) {
      if (inode) this.#durableNames.set(path, inode);
      else this.#durableNames.delete(path);
    }
    this.#namings = this.#namings.filter((naming) => !isIn(naming));
  }
}
