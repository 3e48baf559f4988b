import { afterNextRender, Component, ElementRef, input, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { ViewQuery } from '@atomsync/atom';
import type { Conflict } from '@atomsync/client';
import { injectSyncedAtom, injectView } from '@atomsync/angular';
import { SyncStatusComponent } from '../sync/sync-status.component';
import { isComposing } from './is-composing';
import { KeepFocusDirective } from './keep-focus.directive';
import type { Todo } from './todo';
import type { TodoFilter } from './todo-filter';
import { TodoItemComponent } from './todo-item.component';
import { clearCompleted, markAll } from './todo-swaps';

const FILTERS: readonly { readonly filter: TodoFilter; readonly path: string; readonly label: string }[] = [
  { filter: 'all', path: '/', label: 'All' },
  { filter: 'active', path: '/active', label: 'Active' },
  { filter: 'completed', path: '/completed', label: 'Completed' },
];

const isActive = ({ done }: Todo): boolean => !done;
const isCompleted = ({ done }: Todo): boolean => done;
const PASS: Readonly<Record<TodoFilter, ViewQuery<Todo>>> = {
  all: {},
  active: { where: isActive },
  completed: { where: isCompleted },
};

/** TodoMVC on a synced atom. */
@Component({
  selector: 'app-todo-page',
  imports: [KeepFocusDirective, RouterLink, SyncStatusComponent, TodoItemComponent],
  templateUrl: './todo-page.component.html',
  host: { class: 'todo-page' },
})
export class TodoPageComponent {
  /** By the route. */
  readonly filter = input.required<TodoFilter>();

  protected readonly filters = FILTERS;
  protected readonly todos = injectSyncedAtom<Todo>('todo');
  protected readonly active = injectView(this.todos, { where: isActive });
  protected readonly completed = injectView(this.todos, { where: isCompleted });
  protected readonly shown = injectView(this.todos, () => PASS[this.filter()]);

  private readonly newTodo = viewChild.required<ElementRef<HTMLInputElement>>('newTodo');

  constructor() {
    // The attribute `autofocus` is heeded in documents as they are loaded, not in what is added to them.
    afterNextRender(() => this.newTodo().nativeElement.focus());
  }

  protected add(field: HTMLInputElement, event: Event): void {
    const text = field.value.trim();
    if (text === '' || isComposing(event)) return;
    this.todos.atom.add({ text, done: false });
    field.value = '';
  }

  protected rename(key: string, text: string): void {
    if (this.todos.atom.value.has(key)) this.todos.atom.patch(key, { text });
  }

  protected mark(key: string, done: boolean): void {
    this.todos.atom.patch(key, { done });
  }

  protected remove(key: string): void {
    this.todos.atom.remove(key);
  }

  /** Puts back what a conflict took. */
  protected restore({ key, path: [field], mine }: Conflict): void {
    if (field?.in !== 'object' || !this.todos.atom.value.has(key)) return;
    this.todos.atom.at(key).swap((todo) => ({ ...todo, [field.key]: mine }));
  }

  protected markAll(done: boolean): void {
    this.todos.atom.swap(markAll, this.todos.keys(), done);
  }

  protected clearCompleted(): void {
    this.todos.atom.swap(
      clearCompleted,
      this.completed().map(({ key }) => key),
    );
    this.newTodo().nativeElement.focus();
  }
}
