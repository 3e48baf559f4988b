import 'reflect-metadata';
import { defineSwap, inc, update } from '@atomsync/atom';
import { openAtomSync, syncedAtom, type AtomSync, type SyncedAtom } from '@atomsync/client';
import { fileLocalStore } from '@atomsync/client/node';
import { AtomSyncModule, type GroupFeature } from '@atomsync/server';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until';

interface Todo1 {
  readonly text: string;
  readonly done: boolean;
  readonly stars?: number;
  readonly notes?: string;
}
interface Todo2 {
  readonly text: string;
  readonly state: 'open' | 'done';
  readonly stars?: number;
  readonly notes?: string;
}

const V2 = {
  version: 2,
  migrate: {
    1: (doc: unknown): Todo2 => {
      const { done, ...rest } = doc as Todo1;
      return { ...rest, state: done ? 'done' : 'open' };
    },
  },
};
const notes = 'x'.repeat(3000);
const star = defineSwap('flows.star', <T extends Todo1 | Todo2>(todo: T): T => ({
  ...todo,
  stars: (todo.stars ?? 0) + 1,
}));

describe('schema versions, against a server with an SQLite file', () => {
  let folder: string;
  let app: INestApplication | undefined;
  let server: string;
  let clients: AtomSync[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atomsync-'));
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const serve = async (feature?: Omit<GroupFeature, 'group'>): Promise<void> => {
    await app?.close();
    const database = { type: 'better-sqlite3', database: join(folder, 'atomsync.db') } as const;
    const features = feature ? [AtomSyncModule.forFeature([{ group: 'todo', ...feature }])] : [];
    const module = await Test.createTestingModule({
      imports: [AtomSyncModule.forRoot({ database }), ...features],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    server = `ws://127.0.0.1:${port}/sync`;
  };
  /** One life of a device: what it keeps outlives it. */
  const device = (name: string, paused = false): AtomSync => {
    const client = openAtomSync(name, { server, paused, store: fileLocalStore(join(folder, name)) });
    clients.push(client);
    return client;
  };
  /** Writes offline as version 1, on docs that the server has too. */
  const offlineAtVersion1 = async (): Promise<void> => {
    const online = device('phone');
    const todos = syncedAtom<Todo1>(online, 'todo');
    await todos.ready();
    todos.put('patched', { text: 'a', done: false, notes });
    todos.put('deleted', { text: 'b', done: false });
    todos.put('starred', { text: 'c', done: true, stars: 1 });
    await todos.settled();
    online.pause();
    todos.patch('patched', { done: true });
    todos.patch('patched', { text: 'A' });
    todos.remove('deleted');
    todos.put('new', { text: 'n', done: true });
    todos.at('starred').swap(star);
    await todos.transact(update, 'new', star).durable;
    await online.close();
  };
  const expected = {
    new: { text: 'n', state: 'done', stars: 1 },
    patched: { text: 'A', state: 'done', notes },
    starred: { text: 'c', state: 'done', stars: 12 },
  };
  const starTenTimes = async (todos: SyncedAtom<Todo2>): Promise<void> => {
    await todos.ready();
    for (let i = 0; i < 10; i++) todos.at('starred').swap(star);
    await todos.settled();
  };

  it('an upgraded program delivers what its older self had pending, and loses no swap', async () => {
    await serve();
    await offlineAtVersion1();
    const tablet = syncedAtom<Todo2>(device('tablet'), 'todo', V2);
    await starTenTimes(tablet);

    const offline = syncedAtom<Todo2>(device('phone', true), 'todo', V2);
    await offline.ready();
    expect(offline.value.get('starred')).toEqual({ text: 'c', state: 'done', stars: 2 });
    await clients.at(-1)!.close();

    const phone = syncedAtom<Todo2>(device('phone'), 'todo', V2);
    await phone.ready();
    await phone.settled();
    const docs = await until(phone, (value) => value.get('starred')?.stars === 12);
    expect(docs.toJSON()).toEqual(expected);
    expect(
      (await until(tablet, (value) => value.size === 3 && value.get('starred')?.stars === 12)).toJSON(),
    ).toEqual(expected);
  });

  it('an older program is told to upgrade at once, and what it has pending goes out afterwards', async () => {
    await serve();
    await offlineAtVersion1();
    await serve({ version: 2 });

    const old = syncedAtom<Todo1>(device('phone'), 'todo');
    const { error, pending } = await until(old.status$, ({ phase }) => phase === 'refused');
    expect([error?.code, pending]).toEqual(['UPGRADE_REQUIRED', 6]);
    expect(old.value.get('new')).toEqual({ text: 'n', done: true, stars: 1 });
    await clients.at(-1)!.close();

    const tablet = syncedAtom<Todo2>(device('tablet'), 'todo', V2);
    await starTenTimes(tablet);
    const phone = syncedAtom<Todo2>(device('phone'), 'todo', V2);
    await phone.ready();
    await phone.settled();
    expect((await until(phone, (value) => value.get('starred')?.stars === 12)).toJSON()).toEqual(expected);
  });

  it('programs of two compatible versions write the same docs, and nothing goes missing', async () => {
    interface Both {
      readonly text: string;
      readonly stars: number;
      readonly tags?: readonly string[];
    }
    await serve({ version: 2, compatibleWith: 1, swaps: [inc] });
    const tags = { version: 2, migrate: { 1: (doc: unknown) => ({ tags: [], ...(doc as Both) }) } };
    const old = syncedAtom<Both>(device('old'), 'todo');
    const young = syncedAtom<Both>(device('young'), 'todo', tags);
    await Promise.all([old.ready(), young.ready()]);
    old.put('k', { text: 'a', stars: 0 });
    await until(young, (docs) => docs.has('k'));
    for (let i = 0; i < 20; i++) {
      old.at('k', 'stars').swap(inc);
      young.at('k', 'stars').swap(inc);
    }
    young.patch('k', { tags: ['x'] });
    old.patch('k', { text: 'b' });
    await Promise.all([old.settled(), young.settled()]);
    const isWhole = (doc?: Both): boolean =>
      doc?.stars === 40 && doc.text === 'b' && doc.tags?.length === 1 && doc.tags[0] === 'x';
    await until(old, (docs) => isWhole(docs.get('k')));
    await until(young, (docs) => isWhole(docs.get('k')));
    expect(old.value.toJSON()).toEqual(young.value.toJSON());
  });
});
