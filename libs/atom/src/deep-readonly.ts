type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | ((...args: never) => unknown)
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | Promise<unknown>;

/** An object type with methods of its own is a class (a `Keyword`, a `Temporal`, a doc map): taken as it is. */
type HasMethod<T> = true extends {
  [K in keyof T]-?: T[K] extends (...args: never) => unknown ? true : never;
}[keyof T]
  ? true
  : false;

/**
 * `T` as a reader sees it: objects, arrays, Maps and Sets without their mutating parts, all the way down.
 * Dates, buffers, functions and classes are left as they are.
 */
export type DeepReadonly<T> = T extends Leaf
  ? T
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<DeepReadonly<K>, DeepReadonly<V>>
      : T extends ReadonlySet<infer V>
        ? ReadonlySet<DeepReadonly<V>>
        : T extends object
          ? HasMethod<T> extends true
            ? T
            : { readonly [K in keyof T]: DeepReadonly<T[K]> }
          : T;
