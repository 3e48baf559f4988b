import { keyword, UUID, type Keyword } from '@atomsync/protocol';

/** A doc with every kind of value that JSON would lose. */
export interface EveryType {
  readonly map: ReadonlyMap<unknown, unknown>;
  readonly set: ReadonlySet<Keyword>;
  readonly big: bigint;
  readonly bytes: Uint8Array;
  readonly date: Date;
  readonly id: UUID;
  readonly odd: readonly unknown[];
}

export const everyType = (): EveryType => ({
  map: new Map<unknown, unknown>([
    [1, 'one'],
    ['deep', new Map([[keyword('k'), new Set([1n])]])],
  ]),
  set: new Set([keyword('groceries')]),
  big: 2n ** 70n,
  bytes: new Uint8Array([0, 128, 255]),
  date: new Date('2024-02-29T12:00:00.123Z'),
  id: new UUID('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'),
  odd: [undefined, NaN, -0, Infinity, null],
});

/** Works on a doc whose values kept their types, and on no other. */
export const change = ({ map, set, big, bytes, date, id, odd }: EveryType): EveryType => ({
  map: new Map([...map, ['set by', set.size]]),
  set: new Set([...set].map((word) => keyword(`${word.fullName}/changed`))),
  big: big + 1n,
  bytes: bytes.map((byte) => byte ^ 255),
  date: new Date(date.getTime() + 1),
  id: new UUID(id.value.replace('017f', '017e')),
  odd: odd.map((value) => [value]),
});
