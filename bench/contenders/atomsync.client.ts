import { openAtomSync, syncedAtom, webSocketTransport, type Transport } from '@atomsync/client';
import { nodeWebSocket } from '@atomsync/client/node';
import { filter, firstValueFrom, map, tap } from 'rxjs';
import type { BenchDoc, ClientModule, Traffic } from '../contender';

export const connect: ClientModule['connect'] = async (url) => {
  const traffic: Traffic = { framesUp: 0, framesDown: 0, bytesUp: 0, bytesDown: 0 };
  const sync = openAtomSync('bench', {
    server: `${url}/sync`,
    transport: counting(webSocketTransport({ webSocket: nodeWebSocket() }), traffic),
  });
  const docs = syncedAtom<BenchDoc>(sync, 'bench');
  await firstValueFrom(docs.status$.pipe(filter(({ phase }) => phase === 'live')));
  return {
    traffic,
    write: (key, doc) => {
      docs.swap((all) => all.with(key, doc));
    },
    settled: () => docs.settled(),
    onDoc: (key, hear) => {
      docs.at(key).subscribe((doc) => {
        if (doc !== undefined) hear(doc);
      });
    },
    onSize: (hear) => {
      docs.subscribe(({ size }) => {
        hear(size);
      });
    },
    close: () => sync.close(),
  };
};

const counting =
  (transport: Transport, traffic: Traffic): Transport =>
  (url) =>
    transport(url).pipe(
      map((link) => ({
        down$: link.down$.pipe(
          tap(({ length }) => {
            traffic.framesDown++;
            traffic.bytesDown += length;
          }),
        ),
        send: (frame) => {
          traffic.framesUp++;
          traffic.bytesUp += frame.length;
          link.send(frame);
        },
        buffered: () => link.buffered(),
      })),
    );
