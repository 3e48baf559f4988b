import { watch } from 'node:fs';
import { dirname } from 'node:path';

/** Resolves when something has changed in the folder of a file and `passes`. */
export function fileChange(file: string, passes: () => boolean): Promise<void> {
  return new Promise((done) => {
    const watcher = watch(dirname(file), () => {
      if (!passes()) return;
      watcher.close();
      done();
    });
  });
}
