import type { DocMap } from '@atomsync/atom';
import { assoc, inc, type Doc, type StandardSchemaV1, type View, type ViewEntry } from '@atomsync/atom';
import {
  openAtomSync,
  publishAtom,
  syncedAtom,
  syncedValue,
  type ChangeEvent,
  type Conflict,
  type ConflictPolicy,
  type Rejected,
  type SyncedAtom,
  type SyncStatus,
} from '@atomsync/client';
import { Observable } from 'rxjs';

interface Todo {
  text: string;
  done: boolean;
  due?: Date;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same. */
const same = <A, B>(_: Same<A, B>): void => undefined;

/** Holds what only has to compile, and must not run. */
const compile = (_: () => unknown): void => undefined;

const conn = openAtomSync('types', { server: 'ws://localhost/sync', paused: true });
const todos = syncedAtom<Todo>(conn, 'todo');
afterAll(() => conn.close());

const schema: StandardSchemaV1<unknown, Todo> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Todo }) },
};

describe('syncedAtom', () => {
  it('takes its type from the argument or from the schema', () => {
    same<typeof todos, SyncedAtom<Todo>>(true);
    compile(() => {
      const typed = syncedAtom(conn, 'schema', { schema });
      same<typeof typed, SyncedAtom<Todo>>(true);
      // @ts-expect-error -- the schema is of other docs
      syncedAtom<{ other: number }>(conn, 'schema', { schema });
    });
  });

  it('migrates from what may be anything', () => {
    compile(() => {
      syncedAtom<Todo>(conn, 'old', {
        version: 2,
        migrate: { 1: (doc) => ({ ...(doc as Todo), due: undefined }) },
      });
      // @ts-expect-error -- nobody can promise what an older program has stored
      syncedAtom<Todo>(conn, 'old', { version: 2, migrate: { 1: (doc: Todo) => doc } });
      // @ts-expect-error -- steps go by the version they begin at
      syncedAtom<Todo>(conn, 'old', { version: 2, migrate: { first: (doc: unknown) => doc } });
    });
  });

  it('is an atom of a DocMap of readonly docs', () => {
    same<typeof todos.value, DocMap<Todo>>(true);
    compile(() => {
      const doc = todos.value.get('k');
      same<typeof doc, Doc<Todo> | undefined>(true);
      // @ts-expect-error -- there may be none
      doc.text;
      // @ts-expect-error -- docs are readonly
      doc!.done = true;
    });
  });

  it('reads a doc or undefined through a cursor, and swaps a doc', () => {
    compile(() => {
      const cursor = todos.at('k');
      same<typeof cursor.value, Doc<Todo> | undefined>(true);
      cursor.swap((todo) => ({ ...todo, done: !todo.done }));
      cursor.reset({ text: '', done: false });
      // @ts-expect-error -- a field is missing
      cursor.swap((todo) => ({ text: todo.text }));
      // @ts-expect-error -- undefined is no doc
      cursor.reset(undefined);
      // @ts-expect-error -- keys are strings
      todos.at(1);
    });
  });

  it('is never undefined through a cursor with a default', () => {
    compile(() => {
      const cursor = todos.at('k', { default: { text: '', done: false } });
      same<typeof cursor.value, Doc<Todo>>(true);
      // @ts-expect-error -- the default is a doc
      todos.at('k', { default: { text: '' } });
    });
  });

  it('leads into docs', () => {
    compile(() => {
      const text = todos.at('k', 'text');
      same<typeof text.value, string | undefined>(true);
      text.swap((value) => value.trim());
      text.reset('x');
      // @ts-expect-error -- a text is needed
      text.reset(1);
      // @ts-expect-error -- no such field
      todos.at('k', 'nope');
    });
  });

  it('takes whole docs for put and add, and some fields for patch', () => {
    compile(() => {
      const key: string = todos.add({ text: '', done: false });
      todos.put(key, { text: '', done: false, due: new Date() });
      todos.put(key, todos.value.get(key)!);
      todos.patch(key, { done: true });
      // @ts-expect-error -- a field is missing
      todos.put(key, { text: '' });
      // @ts-expect-error -- a field too many
      todos.add({ text: '', done: false, nope: 1 });
      // @ts-expect-error -- no such field
      todos.patch(key, { nope: 1 });
      // @ts-expect-error -- of another type
      todos.patch(key, { done: 'yes' });
    });
  });

  it('checks the arguments of swaps, plain and named', () => {
    compile(() => {
      todos.swap(assoc, 'k', { text: '', done: false });
      todos.swap((docs, key: string) => docs.without(key), 'k');
      // @ts-expect-error -- an argument is missing
      todos.swap((docs, key: string) => docs.without(key));
      // @ts-expect-error -- of another type
      todos.swap((docs, key: string) => docs.without(key), 1);
      // @ts-expect-error -- the given part is not a doc
      todos.swap(assoc, 'k', { text: 1 });
      // @ts-expect-error -- not a DocMap
      todos.swap(() => 1);
    });
  });
});

describe('view', () => {
  it('takes its types from the docs', () => {
    compile(() => {
      const open = todos.view({ where: (todo) => !todo.done, sortBy: 'text', limit: 50, offset: 1 });
      same<typeof open, View<Todo>>(true);
      open.subscribe((entries) => {
        same<typeof entries, readonly ViewEntry<Todo>[]>(true);
        same<(typeof entries)[number]['doc'], Doc<Todo>>(true);
        // @ts-expect-error -- entries are readonly
        entries.reverse();
      });
      const byDone = open.groupBy('done');
      same<typeof byDone, Observable<ReadonlyMap<boolean, readonly ViewEntry<Todo>[]>>>(true);
      const byDay = open.groupBy((todo, key) => todo.due?.getDay() ?? key);
      same<typeof byDay, Observable<ReadonlyMap<string | number, readonly ViewEntry<Todo>[]>>>(true);
      const count = open.count();
      same<typeof count, Observable<number>>(true);
      // @ts-expect-error -- no such field
      todos.view({ where: (todo) => todo.nope });
      // @ts-expect-error -- no such field
      todos.view({ sortBy: 'nope' });
      // @ts-expect-error -- no such option
      todos.view({ orderBy: 'text' });
      // @ts-expect-error -- no such field
      open.groupBy('nope');
    });
  });
});

describe('transact', () => {
  it('types its function, its arguments and its receipt', () => {
    compile(async () => {
      const receipt = todos.transact((docs, key: string) => docs.without(key), 'k');
      same<typeof receipt.value, DocMap<Todo>>(true);
      const { version, rebased } = await receipt.accepted;
      same<[typeof version, typeof rebased], [number, number]>(true);
      same<Awaited<typeof receipt.durable>, void>(true);
      // @ts-expect-error -- an argument is missing
      todos.transact((docs, key: string) => docs.without(key));
      // @ts-expect-error -- not a DocMap
      todos.transact(() => 1);
    });
  });

  it('types its options', () => {
    compile(() => {
      todos.transact(
        { ifStale: 'reject', expiresAt: 1, reads: 'group', onConflict: 'server-wins' },
        (docs) => docs,
      );
      todos.transact({ reads: 'group' }, (docs, key: string) => docs.without(key), 'k');
      // @ts-expect-error -- no such answer to staleness
      todos.transact({ ifStale: 'ignore' }, (docs) => docs);
      // @ts-expect-error -- no such option
      todos.transact({ nope: true }, (docs) => docs);
      // @ts-expect-error -- milliseconds since 1970
      todos.transact({ expiresAt: new Date() }, (docs) => docs);
      // @ts-expect-error -- options alone
      todos.transact({ reads: 'group' });
    });
  });
});

describe('syncedValue', () => {
  it('takes its type from the initial value', () => {
    compile(() => {
      const count = syncedValue(conn, 'count', 0);
      same<typeof count.value, number>(true);
      count.swap(inc, 2);
      const state = syncedValue(conn, 'state', { users: [] as string[], count: 0 });
      same<typeof state.value, { users: string[]; count: number }>(true);
      state.at('count').swap((n) => n + 1);
      state.at('users', 0).reset('Ada');
      // @ts-expect-error -- of another type
      state.at('count').reset('x');
      // @ts-expect-error -- no such field
      state.at('nope');
    });
  });

  it('needs an initial value, and has no prefix', () => {
    compile(() => {
      // @ts-expect-error -- no initial value
      syncedValue<number>(conn, 'count');
      // @ts-expect-error -- a value has no prefix
      syncedValue(conn, 'count', 0, { prefix: 'a:' });
    });
  });
});

describe('options', () => {
  it('are checked', () => {
    compile(() => {
      syncedAtom<Todo>(conn, 'todo', {
        prefix: 'a:',
        onConflict: 'last-write-wins',
        validate: (docs) => docs.size < 9,
      });
      // @ts-expect-error -- no such policy
      syncedAtom<Todo>(conn, 'todo', { onConflict: 'client-wins' });
      // @ts-expect-error -- a prefix is a string
      syncedAtom<Todo>(conn, 'todo', { prefix: 1 });
      // @ts-expect-error -- no such option
      syncedAtom<Todo>(conn, 'todo', { nope: true });
      // @ts-expect-error -- a validator says yes or no
      syncedAtom<Todo>(conn, 'todo', { validate: () => 'yes' });
      // @ts-expect-error -- a client needs a server
      openAtomSync('x', {});
      // @ts-expect-error -- a token is a string, or what gets one
      openAtomSync('x', { server: '/sync', token: 1 });
      // @ts-expect-error -- published under which id
      publishAtom(conn, todos, { channel: 'x' });
    });
  });

  it('take a rule that is a function', () => {
    const rule: ConflictPolicy = (base, mine, theirs, { key, path }) => [base, mine, theirs, key, path];
    // @ts-expect-error -- what was written is unknown until it is looked at
    const careless: ConflictPolicy = (_base, mine) => mine.length;
    expect([rule, careless]).toHaveLength(2);
  });
});

describe('streams', () => {
  it('are typed', () => {
    same<typeof todos.status$, Observable<SyncStatus>>(true);
    same<typeof todos.pending$, Observable<number>>(true);
    same<typeof todos.changes$, Observable<ChangeEvent<Todo>>>(true);
    same<typeof todos.conflicts$, Observable<Conflict>>(true);
    same<typeof conn.rejected$, Observable<readonly Rejected[]>>(true);
    compile(() => {
      // @ts-expect-error -- streams are read, not written
      todos.status$.next({ phase: 'live', pending: 0 });
      // @ts-expect-error -- nor replaced
      todos.status$ = new Observable();
    });
  });
});
