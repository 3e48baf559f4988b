import { join, resolve } from 'node:path';
import type { Contender } from '../contender';

export const atomsync: Contender = {
  id: 'atomsync',
  title: 'Atomsync',
  promises: 'SQLite, WAL, synchronous=FULL: durable before it is acknowledged or shown',
  server: resolve(__dirname, '../../apps/server/dist/main.js'),
  client: join(__dirname, 'atomsync.client.ts'),
};
