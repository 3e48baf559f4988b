import type { DocMap } from '@atomsync/atom';
import type { Todo } from './todo';

/*
 * Writes of many todos at once, all or nothing. Where others were first they run again, on what those made of it: so they
 * name the todos that the user had in view when they were made, and touch no others.
 */

/** Marks todos as done, or as not done. */
export function markAll(todos: DocMap<Todo>, keys: readonly string[], done: boolean): DocMap<Todo> {
  return keys.reduce(
    (all, key) => (all.has(key) ? all.update(key, (todo) => ({ ...todo, done })) : all),
    todos,
  );
}

/** Removes todos, but for those that somebody has taken up again meanwhile. */
export function clearCompleted(todos: DocMap<Todo>, keys: readonly string[]): DocMap<Todo> {
  return keys.reduce((all, key) => (all.get(key)?.done === true ? all.without(key) : all), todos);
}
