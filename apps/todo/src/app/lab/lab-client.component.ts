import { Component, computed, input } from '@angular/core';
import { tellConflict } from '../sync/tell-conflict';
import type { LabClient } from './lab-client';
import { LabTodoComponent } from './lab-todo.component';

/** A client's card: how it stands, what it shows, what is pending, and what it was told. */
@Component({
  selector: 'app-lab-client',
  imports: [LabTodoComponent],
  templateUrl: './lab-client.component.html',
})
export class LabClientComponent {
  readonly client = input.required<LabClient>();

  protected readonly titleId = computed(() => `client-${this.client().name}`);
  protected readonly state = computed(() => {
    if (this.client().offline()) return 'offline';
    return this.client().live() ? 'online' : 'connecting';
  });
  protected readonly conflicts = computed(() =>
    this.client()
      .sync.conflicts()
      .slice(-2)
      .map((conflict) => ({ ...conflict, text: tellConflict(conflict) })),
  );

  protected add(field: HTMLInputElement): void {
    const text = field.value.trim();
    if (text !== '') this.client().add(text);
    field.value = '';
  }
}
