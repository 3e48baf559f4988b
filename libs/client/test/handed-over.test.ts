import {
  MemoryDisk,
  memoryLocalStore,
  type HandedOver,
  type SyncedAtom,
  type Transport,
} from '@atomsync/client';
import { decodeDown, encodeBody } from '@atomsync/protocol';
import { createTestNet, settle, type TestClient, type TestNet } from '@atomsync/testing';
import { map, tap } from 'rxjs';

interface Todo {
  readonly text: string;
}

let net: TestNet;
beforeEach(() => (net = createTestNet()));
afterEach(() => net.close());

const docOf = (key: string, text: string) => ({ key, schemaVersion: 1, body: encodeBody({ text }) });

/** What a client has stored, as a server that renders pages would hand it over. */
async function stored(group: string, texts: Record<string, string>): Promise<HandedOver> {
  const disk = new MemoryDisk();
  const author = net.atom<Todo>(net.client({ disk }), group);
  for (const [key, text] of Object.entries(texts)) author.put(key, { text });
  await net.flush();
  author.close();
  await settle();
  const { docs, cursor } = disk.read(group)!;
  return { docs, cursor };
}

function open(handed: HandedOver | undefined, options = {}): { client: TestClient; todos: SyncedAtom<Todo> } {
  const client = net.client({ handedOver: () => handed, ...options });
  return { client, todos: net.atom<Todo>(client, 'todo') };
}

const texts = (todos: SyncedAtom<Todo>) => Object.values(todos.value.toJSON()).map(({ text }) => text);

describe('docs that are handed over', () => {
  it('are there and ready at once, before the local store has been read', async () => {
    const { todos } = open({ docs: [docOf('a', 'rendered')] }, { paused: true });
    expect(texts(todos)).toEqual(['rendered']);
    await todos.ready();
    todos.patch('a', { text: 'edited' });
    expect(texts(todos)).toEqual(['edited']);
  });

  it('are not sent again: the server sends what has changed since', async () => {
    const handed = await stored('todo', { a: 'one', b: 'two' });
    const other = net.atom<Todo>(net.client(), 'todo');
    await net.flush();
    other.put('c', { text: 'since' });
    await net.flush();

    const cable = net.client().cable;
    const sent: string[] = [];
    const heard: Transport = (url) =>
      cable.transport(url).pipe(
        map((link) => ({
          ...link,
          down$: link.down$.pipe(
            tap((frame) => {
              const message = decodeDown(frame);
              if (message.type === 'changes') sent.push(...message.docs.map(({ key }) => key));
            }),
          ),
        })),
      );
    const { todos } = open(handed, { transport: heard });
    await net.flush();
    expect(texts(todos)).toEqual(['one', 'two', 'since']);
    expect(sent).toEqual(['c']);
  });

  it('are stored, so that the next start has them', async () => {
    const handed = await stored('todo', { a: 'one' });
    const disk = new MemoryDisk();
    const { todos } = open(handed, { store: memoryLocalStore(disk), paused: true });
    await settle();
    todos.close();
    await settle();
    expect(disk.read('todo')).toMatchObject({ docs: handed.docs, cursor: handed.cursor });
  });

  it('hold writes that are made on them before the local store is there', async () => {
    const handed = await stored('todo', { a: 'one' });
    const { todos } = open(handed);
    todos.patch('a', { text: 'early' });
    await net.flush();
    const other = net.atom<Todo>(net.client(), 'todo');
    await net.flush();
    expect([texts(todos), texts(other)]).toEqual([['early'], ['early']]);
  });

  it('take the place of an older local store without writes of its own', async () => {
    const disk = new MemoryDisk();
    const before = net.atom<Todo>(net.client({ disk }), 'todo');
    await net.flush();
    before.close();
    await settle();
    const younger = await stored('todo', { a: 'new' });
    const { todos } = open(younger, { store: memoryLocalStore(disk), paused: true });
    await settle();
    expect(texts(todos)).toEqual(['new']);
    expect(disk.read('todo')?.cursor).toEqual(younger.cursor);
  });

  it.each(['an older state', 'another feed'])(
    'give way to the local store where they are %s',
    async (what) => {
      const older = await stored('todo', { a: 'old' });
      const disk = new MemoryDisk();
      const first = net.atom<Todo>(net.client({ disk }), 'todo');
      first.put('a', { text: 'new' });
      await net.flush();
      first.close();
      await settle();
      const handed = what === 'an older state' ? older : { ...older, cursor: { token: 'x', version: 99 } };
      const { todos } = open(handed, { store: memoryLocalStore(disk), paused: true });
      expect(texts(todos)).toEqual(['old']);
      await settle();
      expect(texts(todos)).toEqual(['new']);
    },
  );

  it('are neither shown nor stored where they are of a newer program', async () => {
    const disk = new MemoryDisk();
    const newer = { docs: [{ ...docOf('a', 'x'), schemaVersion: 2 }], cursor: { token: 't', version: 1 } };
    const { todos } = open(newer, { store: memoryLocalStore(disk), paused: true });
    expect(texts(todos)).toEqual([]);
    await settle();
    expect(disk.read('todo')?.cursor).toBeUndefined();
  });
});
