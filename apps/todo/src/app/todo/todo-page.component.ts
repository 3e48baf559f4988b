import { afterNextRender, Component, computed, ElementRef, input, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Conflict } from '@atomsync/client';
import { injectSyncedAtom } from '@atomsync/angular';
import { SyncStatusComponent } from '../sync/sync-status.component';
import { isComposing } from './is-composing';
import { KeepFocusDirective } from './keep-focus.directive';
import type { Todo, TodoEntry } from './todo';
import type { TodoFilter } from './todo-filter';
import { TodoItemComponent } from './todo-item.component';
import { clearCompleted, markAll } from './todo-swaps';

const FILTERS: readonly { readonly filter: TodoFilter; readonly path: string; readonly label: string }[] = [
  { filter: 'all', path: '/', label: 'All' },
  { filter: 'active', path: '/active', label: 'Active' },
  { filter: 'completed', path: '/completed', label: 'Completed' },
];

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
  protected readonly entries = computed<readonly TodoEntry[]>(() =>
    Array.from(this.todos.value(), ([key, doc]) => ({ key, doc })),
  );
  protected readonly active = computed(() => this.entries().filter(({ doc }) => !doc.done));
  protected readonly completed = computed(() => this.entries().filter(({ doc }) => doc.done));
  protected readonly shown = computed(() => {
    const filter = this.filter();
    return filter === 'all' ? this.entries() : filter === 'active' ? this.active() : this.completed();
  });

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
    this.todos.atom.swap(markAll, keysOf(this.entries()), done);
  }

  protected clearCompleted(): void {
    this.todos.atom.swap(clearCompleted, keysOf(this.completed()));
    this.newTodo().nativeElement.focus();
  }
}

function keysOf(entries: readonly TodoEntry[]): readonly string[] {
  return entries.map(({ key }) => key);
}
