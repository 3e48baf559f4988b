import { inspectDatabase } from '@atomsync/server';
import type { Cli } from '../cli';
import { byteSize, count, table } from '../output/table';

export async function groups({ terminal }: Cli, db: string): Promise<void> {
  const info = await inspectDatabase(db);
  if (terminal.json) return terminal.print(JSON.stringify({ db, ...info }));
  if (info.groups.length === 0) return terminal.note(`${db} has no groups yet`);
  const [head, ...rows] = table(
    ['group', 'docs', 'deleted', 'version', 'purged to', 'size'],
    info.groups.map(({ name, docs, tombstones, head: version, purgedThrough, bytes }) => [
      ...[name, docs, tombstones, version, purgedThrough],
      byteSize(bytes),
    ]),
  );
  terminal.print(terminal.paint('bold', head!));
  for (const row of rows) terminal.print(row);
  const docs = info.groups.reduce((sum, group) => sum + group.docs, 0);
  terminal.note(
    terminal.paintNote(
      'dim',
      `${count(info.groups.length, 'group')}, ${count(docs, 'doc')}; the file has ${byteSize(info.bytes)}`,
    ),
  );
}
