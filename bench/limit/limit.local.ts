import type { LocalModule } from '../faces/local';

/** A Map that is changed in place, and calls. */
export const open: LocalModule['open'] = async (entries) => {
  const docs = new Map(entries);
  const watches = new Map<string, () => void>();
  const watchers: (() => void)[] = [];
  return {
    watchAll: (hear) => void watchers.push(hear),
    watchDoc: (key, hear) => void watches.set(key, hear),
    update: (key, doc) => {
      docs.set(key, doc);
      watches.get(key)?.();
      for (const hear of watchers) hear();
    },
  };
};
