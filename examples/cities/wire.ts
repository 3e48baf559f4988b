import type { Link, Transport } from '@atomsync/client';
import { map, tap } from 'rxjs';

/** What has crossed a client's socket so far, in bytes of frames. */
export interface Wire {
  up: number;
  down: number;
}

/** The same transport, counting what goes through it. */
export const counted =
  (transport: Transport, wire: Wire): Transport =>
  (url) =>
    transport(url).pipe(
      map((link): Link => ({
        down$: link.down$.pipe(
          tap((frame) => {
            wire.down += frame.length;
          }),
        ),
        send: (frame) => {
          wire.up += frame.length;
          link.send(frame);
        },
        buffered: () => link.buffered(),
      })),
    );
