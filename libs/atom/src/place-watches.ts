import type { Path } from './parts';

/** The watches of an atom's cursors, by place and key. */
export class PlaceWatches {
  readonly #removers = new Map<string, Map<unknown, () => void>>();

  add(path: Path, key: unknown, open: () => () => void): void {
    this.remove(path, key);
    const place = nameOf(path);
    const removers = this.#removers.get(place) ?? new Map<unknown, () => void>();
    this.#removers.set(place, removers.set(key, open()));
  }

  remove(path: Path, key: unknown): void {
    const removers = this.#removers.get(nameOf(path));
    removers?.get(key)?.();
    removers?.delete(key);
    if (removers?.size === 0) this.#removers.delete(nameOf(path));
  }
}

const nameOf = (path: Path): string =>
  JSON.stringify(path.map((segment) => typeof segment + String(segment)));
