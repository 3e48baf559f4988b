import { computed, type Signal } from '@angular/core';
import { view, type DocMap, type ViewEntry, type ViewQuery } from '@atomsync/atom';
import type { Observable } from 'rxjs';
import { follow, type SourceOf } from './follow';
import { hold } from './hold';
import { inInjector, type InjectorOptions } from './signal-options';
import type { SyncedAtomRef } from './synced-atom-ref';

/** Where a view looks for docs: what `injectSyncedAtom` returned, or an atom, a cursor or a stream of docs. */
export type ViewSource<D> = Pick<SyncedAtomRef<D>, 'atom'> | Observable<DocMap<D>>;

/**
 * A live query as a signal: the docs that pass, sorted, or a part of them, kept up at the cost of what changes. Entries
 * whose doc has not changed stay the very same, so `@for (entry of open(); track entry.key)` renders what has.
 *
 * A query that depends on signals is given as a function; it follows them, and the group of its source.
 *
 * Reading it throws a `ViewError` where a function of the query did.
 *
 * @example
 * readonly todos = injectSyncedAtom<Todo>('todo');
 * readonly shown = injectView(this.todos, () => ({ where: (todo) => todo.done === this.done(), sortBy: 'text' }));
 */
export function injectView<D>(
  source: ViewSource<D>,
  query: SourceOf<ViewQuery<D>> = {},
  options: InjectorOptions = {},
): Signal<readonly ViewEntry<D>[]> {
  return inInjector(injectView, options, () => {
    const docs = (): Observable<DocMap<D>> => ('atom' in source ? source.atom : source);
    const asked = computed(() => ({ docs: docs(), query: typeof query === 'function' ? query() : query }));
    const following = follow(asked, (to: { docs: Observable<DocMap<D>>; query: ViewQuery<D> }) =>
      hold<readonly ViewEntry<D>[]>(view(to.docs, to.query), []),
    );
    return computed(() => following().value());
  });
}
