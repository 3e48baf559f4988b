import type { Doc, DocMap } from './doc-map';
import type { Segment } from './parts';

/** What may follow in a path through `T`. */
export type SegmentOf<T> = unknown extends T
  ? Segment
  : T extends null | undefined
    ? never
    : T extends DocMap<infer _>
      ? string
      : T extends ReadonlyMap<infer K, infer _>
        ? K & Segment
        : T extends readonly unknown[]
          ? number
          : keyof T & (string | number);

type Nothing = null | undefined;

/** What is read there: `undefined` where there may be nothing. */
export type ReadOf<T, K> = unknown extends T
  ? unknown
  : T extends Nothing
    ? undefined
    : T extends DocMap<infer D>
      ? Doc<D> | undefined
      : CurrentOf<T, K>;

/** What a swap there is given: a doc for sure, because without one it throws. */
export type CurrentOf<T, K> = unknown extends T
  ? unknown
  : T extends Nothing
    ? undefined
    : T extends DocMap<infer D>
      ? Doc<D>
      : T extends ReadonlyMap<infer _, infer V>
        ? V | undefined
        : T extends readonly unknown[]
          ? T[number] | undefined
          : K extends keyof T
            ? T[K]
            : undefined;

/** What may be written there. */
export type WriteOf<T, K> = unknown extends T
  ? unknown
  : T extends Nothing
    ? never
    : T extends DocMap<infer D>
      ? Doc<D>
      : T extends ReadonlyMap<infer _, infer V>
        ? V
        : T extends readonly unknown[]
          ? T[number]
          : K extends keyof T
            ? T[K]
            : never;

/** Something that can be an argument of a swap: any value, written so that literals keep their types. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- with `object` arguments of type unknown would not fit
export type SwapArg = string | number | bigint | boolean | symbol | {} | null | undefined;
