import type { DeepReadonly } from '../deep-readonly';
import type { DocInput, DocMap } from '../doc-map';
import type { Segment } from '../parts';
import type { CurrentOf, SegmentOf, WriteOf } from '../place-types';

/** A collection with parts under keys: a doc map, an object, an array, a Map. */
export type KeyOf<C> = SegmentOf<C>;

/** What may be put under `K` of `C`. */
export type PartInput<C, K> = C extends DocMap<infer D> ? DocInput<D> : WriteOf<C, K>;

/** What a function on the part under `K` of `C` is given. */
export type PartOf<C, K> = CurrentOf<C, K>;

/** What lies at path `P` of `C`. */
export type At<C, P extends readonly unknown[]> = P extends readonly [infer K, ...infer Rest]
  ? K extends SegmentOf<C>
    ? Rest extends readonly []
      ? CurrentOf<C, K>
      : At<NonNullable<CurrentOf<C, K>>, Rest>
    : never
  : never;

/** What may be put at path `P` of `C`. */
export type AtInput<C, P extends readonly unknown[]> = P extends readonly [infer K, ...infer Rest]
  ? K extends SegmentOf<C>
    ? Rest extends readonly []
      ? WriteOf<C, K> | DeepReadonly<WriteOf<C, K>>
      : AtInput<NonNullable<CurrentOf<C, K>>, Rest>
    : never
  : never;

/** A path of `C`, step by step: what is wrong in it is shown by its place. */
type PathOf<C, P extends readonly unknown[]> = P extends readonly [infer K, ...infer Rest]
  ? readonly [
      SegmentOf<C>,
      ...(K extends SegmentOf<C> ? PathOf<NonNullable<CurrentOf<C, K>>, Rest> : readonly Segment[]),
    ]
  : readonly [];

/** `unknown` for a path of `C`, so that `P & CheckPath<C, P>` is `P`. */
export type CheckPath<C, P extends readonly unknown[]> = number extends P['length']
  ? never
  : P extends readonly []
    ? never
    : P extends PathOf<C, P>
      ? unknown
      : PathOf<C, P>;

/** What can be merged into `C`. */
export type MergeInput<C> = unknown extends C
  ? unknown
  : C extends DocMap<infer D>
    ? DocMap<D> | Readonly<Record<string, DocInput<D>>>
    : C extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<K, V>
      : Partial<C> | DeepReadonly<Partial<C>>;

/** What `conj` adds to `C`, and `disj` takes from it. */
export type ItemOf<C> = unknown extends C
  ? unknown
  : C extends readonly (infer V)[]
    ? V
    : C extends ReadonlySet<infer V>
      ? V
      : C extends ReadonlyMap<infer K, infer V>
        ? readonly [K, V]
        : C extends DocMap<infer D>
          ? readonly [string, DocInput<D>]
          : never;
