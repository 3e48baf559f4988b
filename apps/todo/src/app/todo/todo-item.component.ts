import {
  afterNextRender,
  Component,
  ElementRef,
  inject,
  Injector,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { isComposing } from './is-composing';
import type { Todo } from './todo';

/** One todo of the list: a `li`, as the markup of TodoMVC has it. */
@Component({
  selector: 'li[appTodo]',
  templateUrl: './todo-item.component.html',
  host: { '[class.completed]': 'todo().done', '[class.editing]': 'editing()' },
})
export class TodoItemComponent {
  readonly todo = input.required<Todo>({ alias: 'appTodo' });
  /** With the new text, trimmed; never empty. */
  readonly renamed = output<string>();
  readonly marked = output<boolean>();
  readonly removed = output();

  protected readonly editing = signal(false);
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('edit');
  private readonly editButton = viewChild.required<ElementRef<HTMLButtonElement>>('editButton');
  private readonly injector = inject(Injector);
  /** The text as the edit began: what others make of it meanwhile is not undone by who changes nothing. */
  #before = '';

  protected edit(): void {
    this.#before = this.todo().text;
    this.editing.set(true);
    this.afterRender(() => {
      const field = this.field()?.nativeElement;
      field?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    });
  }

  protected enter(value: string, event: Event): void {
    if (!isComposing(event)) this.save(value, true);
  }

  /** On Enter, and where the field loses the focus, also to another window. */
  protected save(value: string, byKey = false): void {
    if (!this.editing()) return;
    this.close(byKey);
    const text = value.trim();
    if (text === '') this.removed.emit();
    else if (text !== this.#before) this.renamed.emit(text);
  }

  protected cancel(): void {
    this.close(true);
  }

  private close(byKey: boolean): void {
    this.editing.set(false);
    // By the keyboard: the user goes on where they were.
    if (byKey) this.afterRender(() => this.editButton().nativeElement.focus());
  }

  private afterRender(task: () => void): void {
    afterNextRender(task, { injector: this.injector });
  }
}
