import { backupDatabase } from '@atomsync/server';
import { stat } from 'node:fs/promises';
import type { Cli } from '../cli';
import { Progress } from '../output/progress';
import { byteSize } from '../output/table';

export async function backup({ terminal }: Cli, db: string, to: string): Promise<void> {
  let progress: Progress | undefined;
  try {
    await backupDatabase(db, to, {
      onProgress: ({ done, total }) => {
        progress ??= new Progress(terminal, 'backup', total);
        progress.update(done, byteSize(done));
      },
    });
  } finally {
    progress?.end();
  }
  const { size } = await stat(to);
  if (terminal.json) return terminal.print(JSON.stringify({ db, backup: to, bytes: size }));
  terminal.print(`${db} is backed up in ${terminal.paint('bold', to)}, ${byteSize(size)}`);
}
