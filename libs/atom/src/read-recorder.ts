/**
 * Hears what is read from a tracked `DocMap`, so that a compare-and-set can name the docs it depends on.
 *
 * @example
 * const keys = new Set<string>();
 * let group = false;
 * const view = map.tracked({ key: (k) => keys.add(k), all: () => (group = true) });
 */
export interface ReadRecorder {
  /**
   * A doc was asked for by key, whether it exists or not; or was written or removed, because a write that
   * changes nothing here (it removes what is not there) may change something where it is run again.
   */
  key(key: string): unknown;
  /** The answer depended on the whole map: iteration, size, ranges, lists. */
  all(): unknown;
}
