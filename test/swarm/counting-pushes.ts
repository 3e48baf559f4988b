import type { Transport } from '@atomsync/client';
import { decodeDown } from '@atomsync/protocol';
import { map, tap } from 'rxjs';
import type { Pushes } from './ten-clients';

/** A transport that counts the answers to pushes. */
export const countingPushes =
  (transport: Transport, counts: Pushes): Transport =>
  (url) =>
    transport(url).pipe(
      map((link) => ({
        down$: link.down$.pipe(
          tap((frame) => {
            if (!isPushed(frame)) return;
            counts.pushes++;
            const message = decodeDown(frame);
            if (message.type === 'pushed' && message.results.some(({ kind }) => kind === 'stale'))
              counts.stale++;
          }),
        ),
        send: (frame) => {
          link.send(frame);
        },
        buffered: () => link.buffered(),
      })),
    );

/** A message begins with its type: most are not decoded a second time only to be counted. */
const isPushed = (frame: Uint8Array): boolean =>
  Buffer.from(frame.buffer, frame.byteOffset, Math.min(frame.length, 16)).includes('pushed');
