import { join } from 'node:path';
import type { Contender, Face, Side } from '../contender';

const here = (file: string): string => join(__dirname, file);
const local = (id: string): Side => ({ module: here(`${id}.local.ts`) });
const connected = (id: string): Side => ({
  module: here(`${id}.client.ts`),
  server: here(`${id}-server.process.ts`),
});

/** The peers' sides speak of small docs alone. */
const CITIES = 'w5cities';
/** Filling the server with 100,000 docs takes some of them many minutes. */
const FIRST_LOAD = 'w5';

const peer = (
  id: string,
  title: string,
  promises: string,
  faces: Partial<Record<Face, Side>>,
  leavesOut: readonly string[] = [CITIES],
): Contender => ({ id, title, promises, isPeer: true, faces, leavesOut });

/** Each in the set-up that its documentation shows for production, as far as it is free. */
export const peers: readonly Contender[] = [
  peer(
    'yjs',
    'Yjs, y-websocket',
    'the server keeps docs in memory and hands updates to LevelDB, which does not wait for the disk; writes are not acknowledged: settled when they have left the process. Docs are plain values of one shared map',
    { client: connected('yjs'), local: local('yjs') },
  ),
  peer(
    'hocuspocus',
    'Hocuspocus',
    'acknowledged when the server has it in memory; its database extension writes to SQLite after 2 s of quiet. Docs as with Yjs',
    { client: connected('hocuspocus') },
  ),
  peer(
    'tinybase',
    'TinyBase',
    'a mergeable store; the server writes all of it to a file after a change, without waiting for the disk; writes are not acknowledged: settled when they have left the process',
    { client: connected('tinybase'), local: local('tinybase') },
    [CITIES, FIRST_LOAD],
  ),
  peer(
    'rxdb',
    'RxDB',
    'acknowledged when the server has it in memory (storages that survive a Node process are sold apart); client on its memory storage',
    { client: connected('rxdb'), local: local('rxdb') },
    [CITIES, FIRST_LOAD],
  ),
  peer('immutable', 'Immutable.Map', 'in a BehaviorSubject; single docs by distinctUntilChanged', {
    local: local('immutable'),
  }),
  peer('mutative', 'Mutative', 'a Map in a BehaviorSubject; single docs by distinctUntilChanged', {
    local: local('mutative'),
  }),
  peer(
    'ngrx',
    'NgRx entities',
    'an entity adapter in a BehaviorSubject; single docs by distinctUntilChanged',
    {
      local: local('ngrx'),
    },
  ),
  peer('elf', 'Elf', 'a store with entities; single docs by selectEntity', { local: local('elf') }),
];
