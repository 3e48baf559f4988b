import {
  openAtomSync,
  syncedAtom,
  webSocketTransport,
  type AtomSync,
  type SyncedAtom,
  type Transport,
} from '@atomsync/client';
import { fileLocalStore, nodeWebSocket } from '@atomsync/client/node';
import { decodeBody, decodeDown, encodeUp } from '@atomsync/protocol';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { filter, firstValueFrom, map, tap } from 'rxjs';
import { WebSocket } from 'ws';
import type { BenchDoc } from '../contender';
import type { Traffic } from '../faces/client';
import type { FeedModule } from '../faces/feed';
import type { GroupsModule } from '../faces/groups';
import { benchDoc } from '../harness/bench-doc';
import type { KeptClient, KeptModule } from '../faces/kept';

const GROUP = 'bench';
/** Docs of one swap, where it is many: their commit fits a frame. */
const BATCH = 1000;
/** Groups that are open at once while they are made. */
const AT_ONCE = 500;
/** How long an idle store takes until it has compacted its journal. Milliseconds. */
const COMPACTED = 1_500;

export const connect = (async (url, { folder, onFrame, group = GROUP } = {}) => {
  const traffic: Traffic = { framesUp: 0, framesDown: 0, bytesUp: 0, bytesDown: 0 };
  const sync = openAtomSync('bench', {
    server: `${url}/sync`,
    transport: counting(webSocketTransport({ webSocket: nodeWebSocket() }), traffic, onFrame),
    ...(folder === undefined ? {} : { store: fileLocalStore(folder) }),
  });
  const docs = syncedAtom<BenchDoc>(sync, group);
  await live(docs);
  return clientOf(sync, docs, traffic);
}) satisfies KeptModule['connect'];

export const reopen: KeptModule['reopen'] = async (folder) => {
  const store = fileLocalStore(folder);
  const sync = openAtomSync('bench', { server: 'ws://localhost/sync', paused: true, store });
  const docs = syncedAtom<BenchDoc>(sync, GROUP);
  await docs.ready();
  return docs.value;
};

export const follow: FeedModule['follow'] = async (url, hear) => {
  const socket = new WebSocket(`${url}/sync`, 'atomsync.v1', { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(encodeUp({ type: 'hello', clientId: `follower-${followers++}` }));
  socket.send(encodeUp({ type: 'subscribe', group: GROUP, lines: [] }));
  await new Promise<void>((joined) => {
    socket.on('message', (frame: Buffer) => {
      const message = decodeDown(frame);
      if (message.type === 'changes' && message.cursor !== undefined) joined();
      if (message.type !== 'commits') return;
      for (const { changes } of message.commits)
        for (const change of changes) if (change.kind === 'put') hear(decodeBody(change.body) as BenchDoc);
    });
  });
};
let followers = 0;

export const makeGroups: GroupsModule['makeGroups'] = async (url, first, count) => {
  const sync = openAtomSync('bench', { server: `${url}/sync` });
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, n) =>
      syncedAtom<BenchDoc>(sync, `group-${first + at + n}`),
    );
    for (const docs of some) docs.put('doc', benchDoc(0, 0));
    await Promise.all(some.map((docs) => docs.settled()));
    for (const docs of some) docs.close();
  }
  await sync.close();
};

function clientOf(sync: AtomSync, docs: SyncedAtom<BenchDoc>, traffic: Traffic): KeptClient {
  return {
    traffic,
    write: (key, doc) => {
      docs.swap((all) => all.with(key, doc));
    },
    fill: async (entries) => {
      for (let at = 0; at < entries.length; at += BATCH) {
        const some = entries.slice(at, at + BATCH) as (readonly [string, BenchDoc])[];
        docs.swap((all) => all.withAll(some));
      }
      await docs.settled();
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
    docs: () => docs.value.values(),
    away: async () => {
      sync.pause();
      await firstValueFrom(docs.status$.pipe(filter(({ phase }) => phase !== 'live')));
    },
    back: () => {
      sync.resume();
    },
    kept: () => pause(COMPACTED),
    close: () => sync.close(),
  };
}

const live = ({ status$ }: SyncedAtom<BenchDoc>) =>
  firstValueFrom(status$.pipe(filter(({ phase }) => phase === 'live')));

const counting =
  (transport: Transport, traffic: Traffic, onFrame?: (frame: Uint8Array) => void): Transport =>
  (url) =>
    transport(url).pipe(
      map((link) => ({
        down$: link.down$.pipe(
          tap((frame) => {
            traffic.framesDown++;
            traffic.bytesDown += frame.length;
            onFrame?.(frame);
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
