import { ErrorHandler, makeStateKey, PLATFORM_ID, TransferState } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import {
  encodeDocs,
  injectAtomSync,
  injectSyncedAtom,
  injectSyncedValue,
  injectSyncStatus,
  provideAtomSync,
  provideGroupLoader,
  pullGroup,
  type GroupLoader,
  type GroupRequest,
} from '@atomsync/angular';
import { openAtomSync, syncedAtom } from '@atomsync/client';
import { createServer, type Server } from 'node:net';
import { change, everyType, type EveryType } from '../../../test/browser/every-type';
import { ServerProcess } from '../../../test/support/server-process';
import { testBed, whenStable } from './test-bed';

const inContext = <R>(run: () => R): R => TestBed.runInInjectionContext(run);
const onServer = { provide: PLATFORM_ID, useValue: 'server' };

/** A server that renders a page, with what its loader is asked for. */
function render(load?: GroupLoader, server = '/sync'): { asked: GroupRequest[]; errors: unknown[] } {
  const [asked, errors]: [GroupRequest[], unknown[]] = [[], []];
  testBed(
    onServer,
    { provide: ErrorHandler, useValue: { handleError: (error: unknown) => void errors.push(error) } },
    provideAtomSync({ name: 'app', server }),
    ...(load ? [provideGroupLoader((request) => (asked.push(request), load(request)))] : []),
  );
  return { asked, errors };
}

describe('on a server that renders pages', () => {
  let listener: Server;
  let port: number;
  let connections = 0;

  beforeAll((done) => {
    listener = createServer((socket) => {
      connections++;
      socket.destroy();
    }).listen(0, '127.0.0.1', () => {
      port = (listener.address() as { port: number }).port;
      done();
    });
  });
  afterAll(() => void listener.close());

  it('nothing connects, whatever is asked of it', async () => {
    render(undefined, `ws://127.0.0.1:${port}/sync`);
    const { sync, status, docs } = inContext(() => ({
      sync: injectAtomSync(),
      status: injectSyncStatus(),
      docs: injectSyncedAtom('todo'),
    }));
    sync.resume();
    docs.atom.put('a', 1);
    await new Promise((done) => setImmediate(done));
    // As a page shows it before it has connected.
    expect([status.phase(), docs.status().phase, docs.ready()]).toEqual(['connecting', 'syncing', false]);
    expect(connections).toBe(0);
  });

  it('rendering does not wait for what nobody loads', async () => {
    render();
    inContext(() => injectSyncedAtom('todo'));
    await expect(whenStable()).resolves.toBeUndefined();
  });

  it('docs and values are what the loader reads, and rendering waits for them', async () => {
    const { asked } = render(async ({ group }) => ({
      docs: encodeDocs(group === 'todo' ? { a: everyType() } : { value: 5 }),
    }));
    const { todo, visits } = inContext(() => ({
      todo: injectSyncedAtom<EveryType>('todo', { prefix: 'a' }),
      visits: injectSyncedValue('visits', 0),
    }));
    expect(todo.ready()).toBe(false);
    await whenStable();
    expect(todo.value().get('a')).toEqual(everyType());
    expect([todo.ready(), visits.value()]).toEqual([true, 5]);
    expect(asked).toEqual([
      { group: 'todo', prefix: 'a' },
      { group: 'visits', prefix: '' },
    ]);
  });

  it('a loader that fails is told to the error handler, and the page is rendered without docs', async () => {
    const { errors } = render(async () => Promise.reject(new Error('no database')));
    const docs = inContext(() => injectSyncedAtom('todo'));
    await whenStable();
    expect(docs.list()).toEqual([]);
    expect(errors).toMatchObject([{ message: 'no database' }]);
    expect(TestBed.inject(TransferState).isEmpty).toBe(true);
  });
});

describe('the browser, on a page that a server has rendered', () => {
  /** What a server has put into the page, after a round through its text. */
  async function transferred(load: GroupLoader): Promise<string> {
    render(load);
    inContext(() => injectSyncedAtom('todo'));
    await whenStable();
    return TestBed.inject(TransferState).toJson();
  }

  function browse(text: string): void {
    TestBed.resetTestingModule();
    testBed(provideAtomSync({ name: 'app', server: 'ws://127.0.0.1:1/sync', paused: true, tabs: false }));
    const state = TestBed.inject(TransferState);
    for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, unknown>))
      state.set(makeStateKey(key), value);
  }

  it('has the docs at once, with all their types', async () => {
    browse(await transferred(async () => ({ docs: encodeDocs({ a: everyType() }) })));
    const docs = inContext(() => injectSyncedAtom<EveryType>('todo'));
    expect([docs.ready(), docs.value().get('a')]).toEqual([true, everyType()]);
    // A writer finds values, not their descriptions.
    docs.atom.at('a').swap((doc) => change(doc as EveryType));
    expect(docs.value().get('a')).toEqual(change(everyType()));
  });

  it('takes them up once: opened again, a group is what it has become', async () => {
    browse(
      await transferred(async () => ({ docs: encodeDocs({ a: 1 }), cursor: { token: 't', version: 1 } })),
    );
    const docs = inContext(() => injectSyncedAtom<number>('todo'));
    docs.atom.put('a', 2);
    await docs.atom.transact((all) => all.with('b', 3)).durable;
    docs.atom.close();
    const again = inContext(() => injectSyncedAtom<number>('todo'));
    await again.atom.ready();
    expect(again.value().toJSON()).toEqual({ a: 2, b: 3 });
  });
});

describe('what an Atomsync server is asked for', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
    const sync = openAtomSync('author', { server: server.url });
    const docs = syncedAtom<EveryType | number>(sync, 'pulled');
    await docs.ready();
    docs.swap((all) => all.withAll(Array.from({ length: 2_500 }, (_, i) => [`n:${i}`, i] as const)));
    docs.put('every', everyType());
    docs.put('gone', 1);
    docs.remove('gone');
    await docs.settled();
    await sync.close();
  });
  afterAll(() => server.dispose());

  it('is there in full, as it was written, with its cursor', async () => {
    render(pullGroup(`${server.http}/sync`));
    const docs = inContext(() => injectSyncedAtom<EveryType | number>('pulled'));
    await whenStable();
    expect(docs.value().size).toBe(2_501);
    expect(docs.value().get('every')).toEqual(everyType());
    const handed = await pullGroup(`${server.http}/sync`)({ group: 'pulled', prefix: 'n:24' });
    expect(handed?.docs.length).toBe(111);
    expect(handed?.cursor?.version).toBeGreaterThan(0);
  });

  it('fails with the answer, and what to look at', async () => {
    await expect(pullGroup(`${server.http}/sync`)({ group: '', prefix: '' })).rejects.toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining('400'),
    });
  });
});
