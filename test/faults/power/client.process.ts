/*
 * A client's file store under load, for a disk that loses power: it appends batches, and writes the number of each into
 * `acks` when it is durable:
 *
 *   client.process.ts <folder> <batches>
 */
import { fileLocalStore } from '@atomsync/client/node';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

async function work(folder: string, batches: number): Promise<void> {
  const acks = openSync(join(folder, 'acks'), 'a');
  const store = fileLocalStore(join(folder, 'store'), { idleAfter: 1, compactFrom: 4000 });
  const group = await store.open('g');
  await group.append({ records: new Map([['0', Uint8Array.of(0)]]) });
  writeSync(acks, 'ready\n');
  for (let i = 1; i <= batches; i++) {
    const body = new Uint8Array(200 + ((i * 37) % 700)).fill(i);
    await group.append({
      docs: [{ key: `k${i % 5}`, schemaVersion: 1, body }],
      cursor: { token: 't', version: i },
      records: new Map([[`${i}`, Uint8Array.of(i % 256)]]),
      ...(i > 8 && { droppedRecords: [`${i - 8}`] }),
    });
    writeSync(acks, `m${i}\n`);
  }
  await store.close();
}

const [folder = '', batches = '0'] = process.argv.slice(2);
work(folder, Number(batches)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
