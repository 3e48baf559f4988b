import type { Routes } from '@angular/router';
import { todoFilter } from './todo/todo-filter';
import { TodoPageComponent } from './todo/todo-page.component';

export const routes: Routes = [
  // One route for all filters: the page stays, and what is being typed in it.
  { matcher: todoFilter, component: TodoPageComponent, title: 'Todos · Atomsync' },
  {
    path: 'lab',
    loadComponent: async () => (await import('./lab/lab-page.component')).LabPageComponent,
    title: 'The lab · Atomsync',
  },
  { path: '**', redirectTo: '' },
];
