import { join, resolve } from 'node:path';
import type { Contender, Side } from '../contender';

const socket: Side = {
  server: resolve(__dirname, '../../apps/server/dist/main.js'),
  module: join(__dirname, 'atomsync.client.ts'),
};

export const atomsync: Contender = {
  id: 'atomsync',
  title: 'Atomsync',
  promises:
    'SQLite, WAL, synchronous=FULL: durable before it is acknowledged or shown. In one process: a plain atom with a doc map',
  faces: {
    client: socket,
    feed: socket,
    kept: socket,
    groups: socket,
    local: { module: join(__dirname, 'atomsync.local.ts') },
    swaps: {
      server: join(__dirname, 'counting-server.process.ts'),
      module: join(__dirname, 'atomsync.swaps.ts'),
    },
  },
};

export const syncedAtomsync: Contender = {
  id: 'synced',
  title: 'Atomsync, synced',
  promises:
    'a synced atom, offline: each update is recorded as pending and on its way into a journal on disk',
  faces: { local: { module: join(__dirname, 'atomsync-synced.local.ts') } },
};
