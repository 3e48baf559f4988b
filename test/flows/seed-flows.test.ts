import { keyword } from '@atomsync/protocol';
import { syncedAtom } from '@atomsync/client';
import { fileLocalStore } from '@atomsync/client/node';
import { assoc } from '@atomsync/atom';
import { combineLatest } from 'rxjs';
import { Stage, TRANSPORTS } from '../support/stage';
import { until } from '../support/until';

interface Todo {
  readonly text: string;
  readonly done: boolean;
  readonly tags?: ReadonlySet<unknown>;
}

describe.each(TRANSPORTS)('the eight flows, against a server process, over %s', (_, transport) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(transport);
  });
  afterEach(() => stage.close());

  it('two clients converge on the same key', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    const b = syncedAtom<Todo>(stage.client('b'), 'todo');
    await Promise.all([a.ready(), b.ready()]);
    a.swap(assoc, 'todo:1', { text: 'from a', done: false });
    b.swap(assoc, 'todo:1', { text: 'from b', done: false });
    await Promise.all([a.settled(), b.settled()]);
    const both$ = combineLatest([a.at('todo:1'), b.at('todo:1')]);
    const [last] = await until(both$, ([inA, inB]) => inA?.text === inB?.text);
    expect(['from a', 'from b']).toContain(last?.text);
    const fresh = syncedAtom<Todo>(stage.client('c'), 'todo');
    await fresh.ready();
    expect(fresh.value.get('todo:1')).toEqual(last);
  });

  it('a delete reaches the other client', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    const b = syncedAtom<Todo>(stage.client('b'), 'todo');
    a.put('todo:1', { text: 'Buy milk', done: false });
    await until(b, (docs) => docs.has('todo:1'));
    a.remove('todo:1');
    const docs = await until(b, (value) => !value.has('todo:1'));
    expect(docs.size).toBe(0);
  });

  it('an update reaches the other client, with its types', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    const b = syncedAtom<Todo>(stage.client('b'), 'todo');
    const groceries = keyword('groceries');
    a.put('todo:1', { text: 'Buy milk', done: false, tags: new Set([groceries]) });
    await until(b, (docs) => docs.has('todo:1'));
    a.at('todo:1').swap((todo) => ({ ...todo, done: true }));
    const docs = await until(b, (value) => value.get('todo:1')?.done === true);
    expect(docs.get('todo:1')).toEqual({ text: 'Buy milk', done: true, tags: new Set([groceries]) });
  });

  it("a client's store persists across its restarts", async () => {
    const first = stage.client('a', { store: fileLocalStore(stage.server.folder('client-a')) });
    const before = syncedAtom<Todo>(first, 'todo');
    before.put('todo:1', { text: 'Buy milk', done: false });
    await before.settled();
    await first.close();
    await stage.server.end();

    const after = syncedAtom<Todo>(
      stage.client('a', { store: fileLocalStore(stage.server.folder('client-a')) }),
      'todo',
    );
    await after.ready();
    expect(after.value.get('todo:1')).toEqual({ text: 'Buy milk', done: false });
  });

  it('a fresh client pulls all', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    for (let i = 0; i < 20; i++) a.put(`todo:${i}`, { text: `Todo ${i}`, done: i % 2 === 0 });
    await a.settled();
    const fresh = syncedAtom<Todo>(stage.client('b'), 'todo');
    await fresh.ready();
    expect(fresh.value).toEqual(a.value);
  });

  it('50 docs go in one batch', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    const b = syncedAtom<Todo>(stage.client('b'), 'todo');
    await Promise.all([a.ready(), b.ready()]);
    const todos = Array.from({ length: 50 }, (_, i): [string, Todo] => [
      `todo:${i}`,
      { text: `${i}`, done: false },
    ]);
    const sizes: number[] = [];
    b.subscribe((docs) => sizes.push(docs.size));
    a.swap((docs) => docs.withAll(todos));
    await until(b, (docs) => docs.size > 0);
    expect(sizes).toEqual([0, 50]);
  });

  it('pending changes survive a restart of the server, which was down while they were made', async () => {
    const a = syncedAtom<Todo>(stage.client('a'), 'todo');
    await a.ready();
    await stage.server.end('SIGKILL');
    await until(a.status$, ({ phase }) => phase === 'offline');
    a.put('todo:1', { text: 'Written while down', done: false });
    expect(await until(a.pending$, () => true)).toBe(1);
    await stage.server.restart();
    await a.settled();
    const b = syncedAtom<Todo>(stage.client('b'), 'todo');
    await b.ready();
    expect(b.value.get('todo:1')?.text).toBe('Written while down');
  });

  it('groups are isolated from each other', async () => {
    const a = stage.client('a');
    const todos = syncedAtom<Todo>(a, 'todo');
    const notes = syncedAtom<string>(a, 'notes');
    todos.put('same-key', { text: 'A todo', done: false });
    notes.put('same-key', 'A note');
    await Promise.all([todos.settled(), notes.settled()]);
    const b = stage.client('b');
    const [otherTodos, otherNotes] = [syncedAtom<Todo>(b, 'todo'), syncedAtom<string>(b, 'notes')];
    await Promise.all([otherTodos.ready(), otherNotes.ready()]);
    expect([...otherTodos.value]).toEqual([['same-key', { text: 'A todo', done: false }]]);
    expect([...otherNotes.value]).toEqual([['same-key', 'A note']]);
  });
});
