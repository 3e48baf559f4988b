import { Component, computed, input, output, signal } from '@angular/core';
import type { LabTodo } from './lab-doc';

/** One todo of a client's list; its text is a field, always. */
@Component({
  selector: 'li[appLabTodo]',
  template: `
    <input
      #box
      type="checkbox"
      [attr.aria-label]="todo().text"
      [checked]="todo().done"
      (change)="marked.emit(box.checked)"
    />
    <input
      #field
      class="lab-text"
      aria-label="Text"
      autocomplete="off"
      [value]="shown()"
      (focus)="begun.set(todo().text)"
      (blur)="save(field)"
      (keydown.enter)="field.blur()"
      (keydown.escape)="field.value = begun() ?? ''; field.blur()"
    />
    <button
      type="button"
      class="lab-remove"
      [attr.aria-label]="'Delete ' + todo().text"
      (click)="removed.emit()"
    >
      ×
    </button>
  `,
  host: { '[class.done]': 'todo().done' },
})
export class LabTodoComponent {
  readonly todo = input.required<LabTodo>({ alias: 'appLabTodo' });
  readonly renamed = output<string>();
  readonly marked = output<boolean>();
  readonly removed = output();

  /** The text as the user began to edit it: what others write meanwhile does not type into their field. */
  protected readonly begun = signal<string | undefined>(undefined);
  protected readonly shown = computed(() => this.begun() ?? this.todo().text);

  protected save(field: HTMLInputElement): void {
    const begun = this.begun() ?? '';
    const text = field.value.trim() || begun;
    field.value = text;
    this.begun.set(undefined);
    if (text !== begun) this.renamed.emit(text);
  }
}
