import { setTimeout as pause } from 'node:timers/promises';
import type { ClientModule } from '../faces/client';
import { sizeOf } from '../harness/doc-sets';

/** Milliseconds between two looks. */
const AGAIN = 100;

/** Resolves when a fresh client finds so many docs: for those that acknowledge nothing. */
export async function untilThere(connect: ClientModule['connect'], url: string, size: number): Promise<void> {
  for (;;) {
    const other = await connect(url);
    const there = sizeOf(other.docs());
    await other.close();
    if (there >= size) return;
    await pause(AGAIN);
  }
}
