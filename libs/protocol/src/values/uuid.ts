import { ProtocolError } from '../errors/protocol-error';

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A UUID as a value of its own kind: 16 bytes on the wire, and not equal to the string that spells it. */
export class UUID {
  /** The usual lower-case spelling. */
  readonly value: string;

  /** @param text 8-4-4-4-12 hex digits of either case; any version and variant */
  constructor(text: string) {
    const value = typeof text === 'string' ? text.toLowerCase() : '';
    if (!FORM.test(value)) {
      throw new ProtocolError('NOT_CARRYABLE', `'${String(text)}' is no UUID; write 8-4-4-4-12 hex digits`);
    }
    this.value = value;
    Object.freeze(this);
  }

  static fromBytes(bytes: Uint8Array): UUID {
    if (bytes.length !== 16) throw new ProtocolError('MALFORMED', `A UUID has 16 bytes, not ${bytes.length}`);
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += HEX[bytes[i]!]!;
    }
    return new UUID(text);
  }

  toBytes(): Uint8Array {
    const hex = this.value.replaceAll('-', '');
    return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
  }

  equals(other: unknown): boolean {
    return other instanceof UUID && other.value === this.value;
  }

  toString(): string {
    return this.value;
  }

  toJSON(): string {
    return this.value;
  }
}
