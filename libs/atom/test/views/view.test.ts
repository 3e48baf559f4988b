import { BehaviorSubject, config, NEVER, of, Subject, take, throwError, type Observer } from 'rxjs';
import { atom, AtomError, DocMap, view, ViewError, type ViewEntry } from '../../src/index';

interface Todo {
  text: string;
  done: boolean;
  list?: string;
  rank?: number;
}

const milk = { text: 'Buy milk', done: false };
const bob = { text: 'Call Bob', done: true };
const book = { text: 'A book', done: false };
const todoAtom = (docs: Record<string, Todo> = { a: milk, b: bob, c: book }) => atom(DocMap.from<Todo>(docs));
const keys = (entries: readonly ViewEntry<unknown>[]): string => entries.map(({ key }) => key).join('');

/** Everything an observer hears, as text; a line each. */
const record = (log: string[], name = ''): Observer<readonly ViewEntry<unknown>[] | number> => ({
  next: (value) => log.push(name + (typeof value === 'number' ? value : `[${keys(value)}]`)),
  error: (error: unknown) => log.push(`${name}error ${(error as AtomError).code}`),
  complete: () => log.push(`${name}complete`),
});

describe('a view', () => {
  test('gives the entries at once, and again when they have changed', () => {
    const todos = todoAtom();
    const seen: unknown[] = [];
    view(todos, { where: (todo) => !todo.done, sortBy: 'text' }).subscribe((entries) => seen.push(entries));
    expect(seen).toEqual([
      [
        { key: 'c', doc: book },
        { key: 'a', doc: milk },
      ],
    ]);
    todos.at('c', 'text').reset('Zoo');
    expect(seen.at(-1)).toEqual([
      { key: 'a', doc: milk },
      { key: 'c', doc: { text: 'Zoo', done: false } },
    ]);
    expect(seen).toHaveLength(2);
  });

  test('without a query shows all docs by key', () => {
    const log: string[] = [];
    view(todoAtom()).subscribe(record(log));
    expect(log).toEqual(['[abc]']);
  });

  test('is silent about what it does not show', () => {
    const todos = todoAtom();
    const log: string[] = [];
    view(todos, { where: (todo) => !todo.done, limit: 1 }).subscribe(record(log));
    todos.at('b', 'text').reset('Call Ada'); // does not pass
    todos.at('c', 'text').reset('Two books'); // passes, and lies behind the limit
    todos.swap((docs) => docs.with('d', milk)); // so does this
    todos.reset(todos.value);
    expect(log).toEqual(['[a]']);
    todos.swap((docs) => docs.without('a'));
    todos.swap((docs) => docs.without('c'));
    expect(log).toEqual(['[a]', '[c]', '[d]']);
  });

  test('keeps entries whose docs are the same, wherever they move', () => {
    const todos = todoAtom();
    let entries: readonly ViewEntry<Todo>[] = [];
    view(todos, { sortBy: 'text' }).subscribe((now) => (entries = now));
    const [c, a, b] = entries;
    todos.swap((docs) =>
      docs.with('d', { text: 'A', done: false }).update('a', (todo) => ({ ...todo, text: 'Z' })),
    );
    expect(keys(entries)).toBe('dcba');
    expect(entries[1]).toBe(c);
    expect(entries[2]).toBe(b);
    expect(entries[3]).not.toBe(a);
  });

  test('tells of one write once, however many docs it changes', () => {
    const todos = todoAtom();
    const log: string[] = [];
    view(todos, { sortBy: { by: 'text', direction: 'desc' } }).subscribe(record(log));
    todos.swap((docs) => docs.withAll({ a: book, d: bob, e: milk }).without('b'));
    expect(log).toEqual(['[bac]', '[deac]']);
  });

  test('breaks ties by key, ascending also where the order descends', () => {
    const todos = todoAtom({ c: milk, a: milk, b: milk });
    const log: string[] = [];
    view(todos, { sortBy: { by: 'text', direction: 'desc' } }).subscribe(record(log));
    expect(log).toEqual(['[abc]']);
  });

  test('sorts by several terms, by functions, and by an order of one’s own', () => {
    const todos = todoAtom({
      a: { text: 'Zebra', done: true, rank: 1 },
      b: { text: 'äpfel', done: false, rank: 2 },
      c: { text: 'apfel', done: true, rank: 3 },
      d: { text: 'Birne', done: false },
    });
    const german = new Intl.Collator('de');
    const log: string[] = [];
    view(todos, { sortBy: ['done', { by: 'rank', direction: 'desc' }] }).subscribe(record(log));
    view(todos, { sortBy: (todo) => todo.text.length }).subscribe(record(log));
    view(todos, { sortBy: { compare: (a, b) => german.compare(a.text, b.text) } }).subscribe(record(log));
    view(todos, {
      sortBy: { compare: (a, b) => german.compare(a.text, b.text), direction: 'desc' },
    }).subscribe(record(log));
    expect(log).toEqual(['[bdca]', '[abcd]', '[cbda]', '[adbc]']);
  });

  test('refuses a limit or an offset that is no count, and names it', () => {
    const todos = todoAtom();
    for (const [query, text] of [
      [{ limit: -1 }, 'The limit of a view is -1'],
      [{ offset: 1.5 }, 'The offset of a view is 1.5'],
      [{ limit: NaN }, 'The limit of a view is NaN'],
      [{ limit: '5' as unknown as number }, 'The limit of a view is "5"'],
    ] as const) {
      expect(() => view(todos, query)).toThrow(text);
      expect(() => view(todos).view(query)).toThrow(AtomError);
    }
    const log: string[] = [];
    view(todos, { limit: Infinity, offset: 0 }).subscribe(record(log));
    view(todos, { limit: 0 }).subscribe(record(log));
    view(todos, { limit: undefined, offset: undefined, where: undefined, sortBy: undefined }).subscribe(
      record(log),
    );
    expect(log).toEqual(['[abc]', '[]', '[abc]']);
  });
});

describe('views of a view', () => {
  test('show of its entries those that pass, in its order', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const sorted = view(todos, { sortBy: 'text' });
    sorted.view({ where: (todo) => !todo.done }).subscribe(record(log));
    sorted.view({ where: (todo) => !todo.done, sortBy: [] }).subscribe(record(log, 'by key '));
    todos.at('b', 'done').reset(false);
    expect(log).toEqual(['[ca]', 'by key [ac]', '[cab]', 'by key [abc]']);
  });

  test('are pages of it', () => {
    const todos = atom(DocMap.from(Array.from('abcdefgh', (key) => [key, key] as const)));
    const middle = view(todos, { offset: 2, limit: 4 });
    const shown = (query: Parameters<typeof middle.view>[0]): string => {
      let seen = '';
      middle.view(query).subscribe((entries) => (seen = keys(entries)));
      return seen;
    };
    expect(shown({})).toBe('cdef');
    expect(shown({ offset: 1 })).toBe('def');
    expect(shown({ offset: 1, limit: 2 })).toBe('de');
    expect(shown({ offset: 3, limit: 5 })).toBe('f');
    expect(shown({ offset: 9 })).toBe('');
    expect(shown({ where: (key) => key > 'c', limit: 2 })).toBe('de');
  });

  test('follow what comes into sight there', () => {
    const todos = todoAtom();
    const log: string[] = [];
    view(todos, { limit: 2 })
      .view({ where: (todo) => !todo.done })
      .subscribe(record(log));
    todos.swap((docs) => docs.without('b'));
    todos.swap((docs) => docs.with('aa', book));
    expect(log).toEqual(['[a]', '[ac]', '[aaa]']);
  });
});

describe('the count of a view', () => {
  test('is told at once and when it changes', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const open = view(todos, { where: (todo) => !todo.done });
    open.count().subscribe(record(log));
    todos.at('a', 'text').reset('Buy oats');
    todos.at('a', 'done').reset(true);
    expect(log).toEqual(['2', '1']);
  });

  test('keeps to the limit and the offset', () => {
    const todos = todoAtom();
    const log: string[] = [];
    view(todos, { limit: 2 }).count().subscribe(record(log, 'limit '));
    view(todos, { offset: 2 }).count().subscribe(record(log, 'offset '));
    view(todos, { offset: 5 }).count().subscribe(record(log, 'beyond '));
    todos.swap((docs) => docs.with('d', milk));
    expect(log).toEqual(['limit 2', 'offset 1', 'beyond 0', 'offset 2']);
  });
});

describe('groups', () => {
  const lists = { a: { ...milk, list: 'shop' }, b: { ...bob, list: 'calls' }, c: { ...book, list: 'shop' } };
  type Groups = ReadonlyMap<unknown, readonly ViewEntry<Todo>[]>;
  const told = (groups: Groups): string =>
    Array.from(groups, ([group, entries]) => `${String(group)}:${keys(entries)}`).join(' ');

  test('have the order of their values, and the order of the view within', () => {
    const todos = todoAtom({ ...lists, d: milk, e: { ...book, list: 'shop', text: '' } });
    const log: string[] = [];
    view(todos, { sortBy: 'text' })
      .groupBy('list')
      .subscribe((groups) => log.push(told(groups)));
    expect(log).toEqual(['undefined:d calls:b shop:eca']);
  });

  test('show a doc that moves from one to another in one step, and keep the arrays of all others', () => {
    const todos = todoAtom({ ...lists, d: { ...milk, list: 'other' } });
    const seen: Groups[] = [];
    view(todos)
      .groupBy((todo) => todo.list)
      .subscribe((groups) => seen.push(groups));
    todos.at('a', 'list').reset('calls');
    expect(seen.map(told)).toEqual(['calls:b other:d shop:ac', 'calls:ab other:d shop:c']);
    expect(seen[1]!.get('other')).toBe(seen[0]!.get('other'));
    expect(seen[1]!.get('calls')![1]).toBe(seen[0]!.get('calls')![0]);
  });

  test('come and go with their docs', () => {
    const todos = todoAtom(lists);
    const log: string[] = [];
    view(todos)
      .groupBy('list')
      .subscribe((groups) => log.push(told(groups)));
    todos.swap((docs) => docs.without('b'));
    todos.swap((docs) => docs.with('z', { ...bob, list: 'again' }));
    todos.reset(DocMap.empty());
    todos.swap((docs) => docs.with('b', lists.b));
    expect(log).toEqual(['calls:b shop:ac', 'shop:ac', 'again:z shop:ac', '', 'calls:b']);
  });

  test('are silent while nothing that is shown changes, be there none at all', () => {
    const todos = todoAtom(lists);
    const log: string[] = [];
    view(todos, { limit: 1 })
      .groupBy('list')
      .subscribe((groups) => log.push(told(groups)));
    view(todos, { where: () => false })
      .groupBy('list')
      .subscribe((groups) => log.push(`none ${told(groups)}`));
    todos.at('c', 'list').reset('other');
    expect(log).toEqual(['shop:a', 'none ']);
  });
});

describe('subscribers of a view', () => {
  test('share what is computed, and the first and last begin and end it', () => {
    const todos = todoAtom();
    let asked = 0;
    const open = view(todos, { where: (todo) => ++asked > 0 && !todo.done });
    expect([asked, todos.observed]).toEqual([0, false]);
    const log: string[] = [];
    const first = open.subscribe(record(log, '1 '));
    const second = open.subscribe(record(log, '2 '));
    const counting = open.count().subscribe(record(log, 'count '));
    expect([asked, todos.observed]).toEqual([3, true]);
    todos.at('b', 'done').reset(false);
    expect(asked).toBe(4);
    first.unsubscribe();
    second.unsubscribe();
    expect(todos.observed).toBe(true);
    counting.unsubscribe();
    expect(todos.observed).toBe(false);
    todos.at('b', 'done').reset(true);
    expect(asked).toBe(4);
    open.subscribe(record(log, '3 '));
    expect(log).toEqual(['1 [ac]', '2 [ac]', 'count 2', '1 [abc]', '2 [abc]', 'count 3', '3 [ac]']);
  });

  test('that come late get the same array', () => {
    const open = view(todoAtom());
    const seen: unknown[] = [];
    open.subscribe((entries) => seen.push(entries));
    open.subscribe((entries) => seen.push(entries));
    expect(seen[1]).toBe(seen[0]);
  });

  test('are told in the order they came, after all that they may ask has been brought up to date', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const open = view(todos, { where: (todo) => !todo.done });
    const count = open.count();
    open.subscribe((entries) => {
      log.push(`open ${entries.length}`);
      count.pipe(take(1)).subscribe((n) => log.push(`of which ${n}`));
      view(todos, { where: (todo) => todo.done })
        .pipe(take(1))
        .subscribe((done) => log.push(`done ${done.length}`));
    });
    open.subscribe(() => log.push('second'));
    count.subscribe((n) => log.push(`count ${n}`));
    todos.at('a', 'done').reset(true);
    const first = ['open 2', 'of which 2', 'done 1', 'second', 'count 2'];
    expect(log).toEqual([...first, 'open 1', 'of which 1', 'done 2', 'second', 'count 1']);
  });

  test('that write are heard after what they write on, by all in one order', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos, { sortBy: 'text' });
    all.subscribe((entries) => {
      if (entries.length === 3) todos.swap((docs) => docs.with('d', bob));
      log.push(`1 ${keys(entries)}`);
    });
    all.subscribe(record(log, '2 '));
    todos.swap((docs) => docs.without('d'));
    expect(log).toEqual(['1 cab', '1 cabd', '2 [cabd]', '1 cab', '2 [cab]', '1 cabd', '2 [cabd]']);
  });

  test('that come within a notification begin with the atom’s value, ahead of the view', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos);
    let isFirst = true;
    todos.subscribe((docs) => {
      if (docs.size !== 2) return;
      todos.swap((now) => now.without('b'));
      all.pipe(take(1)).subscribe((entries) => log.push(`early ${keys(entries)}`));
      isFirst = false;
    });
    all.subscribe(record(log));
    todos.swap((docs) => docs.without('a'));
    expect(isFirst).toBe(false);
    // What the atom held in between, and no longer holds, is not shown.
    expect(log).toEqual(['[abc]', '[c]', 'early c']);
  });

  test('may leave and come back in the midst of it', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos);
    const subscription = all.subscribe((entries) => {
      log.push(`1 ${keys(entries)}`);
      if (entries.length > 2) return;
      subscription.unsubscribe();
      expect(todos.observed).toBe(false);
      all.subscribe(record(log, '2 '));
    });
    todos.swap((docs) => docs.without('a'));
    todos.swap((docs) => docs.without('b'));
    expect(log).toEqual(['1 abc', '1 bc', '2 [bc]', '2 [c]']);
  });

  test('that throw are reported as RxJS does, and stop nobody else', async () => {
    const errors: unknown[] = [];
    config.onUnhandledError = (error) => errors.push(error);
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos);
    all.subscribe(() => {
      throw new Error('mine');
    });
    all.subscribe(record(log));
    todos.swap((docs) => docs.without('a'));
    await new Promise((resolve) => setTimeout(resolve));
    config.onUnhandledError = null;
    expect(errors).toHaveLength(2);
    expect(log).toEqual(['[abc]', '[bc]']);
  });
});

describe('a view and its source', () => {
  test('ends with the atom', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos);
    all.subscribe(record(log));
    all.view({ where: (todo) => todo.done }).subscribe(record(log, 'done '));
    todos.complete();
    all.subscribe(record(log, 'late '));
    expect(log).toEqual(['[abc]', 'done [b]', 'complete', 'done complete', 'late complete']);
  });

  test('fails with the atom', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const errors: unknown[] = [];
    view(todos).subscribe({ next: () => log.push('next'), error: (error: unknown) => errors.push(error) });
    todos.error('gone');
    view(todos).subscribe({ next: () => log.push('next'), error: (error: unknown) => errors.push(error) });
    expect([log, errors]).toEqual([['next'], ['gone', 'gone']]);
  });

  test('takes any stream of doc maps, and waits for the first', () => {
    const docs$ = new Subject<DocMap<Todo>>();
    const log: string[] = [];
    const all = view(docs$);
    all.subscribe(record(log));
    all.count().subscribe(record(log, 'count '));
    view(docs$, { limit: 2 })
      .view({ where: () => true })
      .subscribe(record(log, 'part '));
    view(docs$)
      .groupBy('done')
      .subscribe((groups) => log.push(`groups ${groups.size}`));
    expect(log).toEqual([]);
    docs$.next(DocMap.empty());
    expect(log.splice(0)).toEqual(['[]', 'count 0', 'part []', 'groups 0']);
    docs$.next(DocMap.from({ a: milk, b: bob, c: book }));
    expect(log.splice(0)).toEqual(['[abc]', 'count 3', 'part [ab]', 'groups 2']);
    docs$.complete();
    expect(log).toEqual(['complete', 'count complete', 'part complete']);
  });

  test('takes a stream that is over at once', () => {
    const log: string[] = [];
    view(of(DocMap.from({ a: milk }), DocMap.from({ b: milk }))).subscribe(record(log));
    view(throwError(() => new AtomError('CLOSED', 'test'))).subscribe(record(log));
    view(NEVER).subscribe(record(log));
    expect(log).toEqual(['[b]', 'complete', 'error CLOSED']);
  });

  test('takes a cursor on a doc map, and what is no atom but holds a value', () => {
    const state = atom({ todos: DocMap.from<Todo>({ a: milk }), other: 1 });
    const log: string[] = [];
    view(state.at('todos')).subscribe(record(log, 'cursor '));
    state.at('other').reset(2);
    state.at('todos', 'b').reset(bob);
    const subject = new BehaviorSubject(DocMap.from<Todo>({ a: milk }));
    view(subject).subscribe(record(log, 'subject '));
    subject.next(subject.value.with('c', book));
    expect(log).toEqual(['cursor [a]', 'cursor [ab]', 'subject [a]', 'subject [ac]']);
  });

  test('in the order of a subject’s values, though that tells of nested ones in another', () => {
    const subject = new BehaviorSubject(DocMap.from<Todo>({ a: milk }));
    subject.subscribe((docs) => {
      if (docs.size === 2) subject.next(docs.with('c', milk));
    });
    const log: string[] = [];
    view(subject).subscribe(record(log));
    subject.next(subject.value.with('b', bob));
    expect(log).toEqual(['[a]', '[abc]']);
  });
});

describe('a function of a query that throws', () => {
  const boom = (todo: { readonly text: string }): boolean => {
    if (todo.text === 'boom') throw new Error('too loud');
    return true;
  };

  test.each([
    ['where', { where: boom }],
    ['sortBy', { sortBy: boom }],
    ['sortBy', { sortBy: { compare: (a: Todo, b: Todo) => Number(boom(a)) - Number(boom(b)) } }],
  ])('ends the view with an error that names the doc, and leaves all else alone: %s', (part, query) => {
    const todos = todoAtom();
    const log: string[] = [];
    const errors: unknown[] = [];
    const broken = view(todos, query);
    broken.subscribe({ next: () => log.push('broken'), error: (error: unknown) => errors.push(error) });
    broken.view({ limit: 1 }).subscribe({ error: (error: unknown) => errors.push(error) });
    broken
      .view({ limit: 2 })
      .view({ where: () => true })
      .count()
      .subscribe({ error: (error: unknown) => errors.push(error) });
    view(todos).count().subscribe(record(log, 'count '));
    expect(todos.swap((docs) => docs.with('d', { text: 'boom', done: false })).size).toBe(4);
    expect(log).toEqual(['broken', 'count 3', 'count 4']);
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toBeInstanceOf(ViewError);
      expect(error).toBeInstanceOf(AtomError);
      expect(error).toMatchObject({ code: 'VIEW_FAILED', key: 'd', cause: new Error('too loud') });
      expect((error as Error).message).toMatch(`The ${part} of a view threw on the doc under "d": too loud.`);
    }
    // Whoever subscribes again begins anew: with the same error, and without it when the doc is gone.
    broken.subscribe(record(log, 'again '));
    todos.swap((docs) => docs.without('d'));
    broken.subscribe(record(log, 'after '));
    expect(log.slice(3)).toEqual(['again error VIEW_FAILED', 'count 3', 'after [abc]']);
  });

  test('ends the groups alone, where it is theirs', () => {
    const todos = todoAtom();
    const log: string[] = [];
    const all = view(todos);
    all.subscribe(record(log));
    all.groupBy(boom).subscribe({ error: (error: unknown) => log.push(String(error)) });
    todos.swap((docs) => docs.with('d', { text: 'boom', done: false }));
    todos.swap((docs) => docs.without('d'));
    expect(log).toEqual([
      '[abc]',
      '[abcd]',
      'ViewError: The groupBy of a view threw on the doc under "d": too loud. It must take every doc.',
      '[abc]',
    ]);
  });

  test('leaves nothing behind that listens', () => {
    const todos = todoAtom({ a: { text: 'boom', done: false }, b: milk });
    const log: string[] = [];
    view(todos, { where: boom }).subscribe(record(log));
    view(todos, { sortBy: { compare: (a, b) => Number(boom(a)) - Number(boom(b)) } }).subscribe(record(log));
    view(todos)
      .groupBy(boom)
      .subscribe({ error: () => log.push('error') });
    expect(log).toEqual(['error VIEW_FAILED', 'error VIEW_FAILED', 'error']);
    expect(todos.observed).toBe(false);
  });
});
