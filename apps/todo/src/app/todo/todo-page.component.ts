import { Component, input } from '@angular/core';
import { openAtomSync, syncedAtom } from '@atomsync/client';
import type { TodoFilter } from './todo-filter';

@Component({ selector: 'app-todo-page', template: '<p>{{ filter() }}</p>' })
export class TodoPageComponent {
  readonly filter = input.required<TodoFilter>();
  readonly todos = syncedAtom<{ text: string }>(openAtomSync('todomvc', { server: '/sync' }), 'todo');
}
