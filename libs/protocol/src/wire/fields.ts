import { malformed, Reader } from '../cbor/reader';

/**
 * The outer map of a frame, opened: where the value of each field begins. Fields may come in any order, and
 * those nobody asks for are passed over.
 */
export class Fields {
  private readonly at = new Map<string, number>();
  private readonly reader: Reader;

  constructor(frame: Uint8Array) {
    const reader = new Reader(frame);
    const count = reader.map('the map of a message');
    for (let i = 0; i < count; i++) {
      const name = reader.key('the name of a field');
      if (this.at.has(name)) throw malformed(`the field '${name}' twice`);
      this.at.set(name, reader.pos);
      reader.skip();
    }
    reader.finish();
    this.reader = reader;
  }

  /** The reader at the beginning of a field; missing ones fail. */
  need(name: string): Reader {
    const reader = this.find(name);
    if (reader === undefined) throw malformed(`a message without its field '${name}'`);
    return reader;
  }

  /** The reader at the beginning of a field, or undefined. */
  find(name: string): Reader | undefined {
    const at = this.at.get(name);
    if (at === undefined) return undefined;
    this.reader.pos = at;
    return this.reader;
  }

  text(name: string): string {
    return this.need(name).text(`the text '${name}'`);
  }

  uint(name: string): number {
    return this.need(name).uint(`the number '${name}'`);
  }

  bool(name: string): boolean {
    return this.need(name).bool(`the boolean '${name}'`);
  }

  texts(name: string): string[] {
    return readTexts(this.need(name));
  }
}

export function readTexts(from: Reader): string[] {
  const count = from.array('an array of texts');
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push(from.text());
  return texts;
}

/** Reads an array of records, each by `read`. */
export function readList<T>(from: Reader, read: (from: Reader) => T): T[] {
  const count = from.array();
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(read(from));
  return list;
}

/** One dense record: an array whose positions are asked for in turn, those behind the last asked for skipped. */
export class Positions {
  private left: number;

  constructor(
    private readonly from: Reader,
    least: number,
    what: string,
  ) {
    this.left = from.array(what);
    if (this.left < least) throw malformed(`${what} with ${this.left} positions where ${least} are needed`);
  }

  /** Moves to a position that must be there; its reader refuses a null. */
  need(): Reader {
    this.left--;
    return this.from;
  }

  /** Moves to the next position; false when it is absent, or null. */
  next(): boolean {
    if (this.left === 0) return false;
    this.left--;
    return !this.from.takeNull();
  }

  /** Passes over what a newer peer added. */
  end(): void {
    while (this.left > 0) {
      this.left--;
      this.from.skip();
    }
  }
}
