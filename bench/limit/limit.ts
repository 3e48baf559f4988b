import { join } from 'node:path';
import type { Contender, Side } from '../contender';

const socket: Side = {
  server: join(__dirname, 'relay.process.ts'),
  module: join(__dirname, 'limit.client.ts'),
};

/**
 * The least that any program must do for the same promise on this machine: encode, one frame per batch, one
 * SQLite transaction per frame, and only then show the very same bytes to the others.
 */
export const limit: Contender = {
  id: 'limit',
  title: 'limit',
  promises:
    'SQLite, WAL, synchronous=FULL: durable before it is acknowledged or shown; no conflicts, no offline. In one process: a mutable Map and direct calls',
  faces: {
    client: socket,
    feed: socket,
    kept: socket,
    local: { module: join(__dirname, 'limit.local.ts') },
  },
};
