import type { Link, Transport } from '@atomsync/client';
import { delay, map } from 'rxjs';

/** A transport on which every frame takes `milliseconds` one way. */
export const farAway =
  (transport: Transport, milliseconds: number): Transport =>
  (url) =>
    transport(url).pipe(
      map((link): Link => {
        const waiting: Uint8Array[] = [];
        return {
          down$: link.down$.pipe(delay(milliseconds)),
          send: (frame) => {
            waiting.push(frame);
            setTimeout(() => {
              link.send(waiting.shift()!);
            }, milliseconds);
          },
          buffered: () => link.buffered(),
        };
      }),
    );
