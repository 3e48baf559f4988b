import { DestroyRef, Directive, ElementRef, inject, input } from '@angular/core';

/** What had the focus, and where in the list. */
interface Held {
  readonly control: Element;
  readonly kind: string;
  readonly at: number;
}

/**
 * Keeps the focus in a list when the entry that has it goes, deleted here or elsewhere: it moves to the entry that has
 * taken its place, on the same kind of control, else to the fallback. Otherwise keyboards and screen readers would begin
 * at the top of the page again.
 */
@Directive({
  selector: '[appKeepFocus]',
  host: { '(focusin)': 'enter($event)', '(focusout)': 'leave($event)' },
})
export class KeepFocusDirective {
  /** Where the focus goes when the list is empty. */
  readonly fallback = input.required<HTMLElement>({ alias: 'appKeepFocus' });
  readonly #list = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #held: Held | undefined;

  constructor() {
    const observer = new MutationObserver(() => this.#look());
    observer.observe(this.#list, { childList: true });
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
      // The list goes with its last entry; a moment later it is gone.
      queueMicrotask(() => this.#look());
    });
  }

  protected enter({ target }: FocusEvent): void {
    const control = target as Element;
    const at = [...this.#list.children].findIndex((entry) => entry.contains(control));
    this.#held = { control, kind: control.classList[0] ?? '', at };
  }

  protected leave({ target }: FocusEvent): void {
    // What is removed loses the focus too. Where it is still there a moment later, it was the user who left.
    queueMicrotask(() => {
      if (this.#held?.control === target && (target as Element).isConnected) this.#held = undefined;
    });
  }

  #look(): void {
    const held = this.#held;
    if (held === undefined || held.control.isConnected) return;
    this.#held = undefined;
    const entries = this.#list.isConnected ? [...this.#list.children] : [];
    const next = entries[Math.min(held.at, entries.length - 1)];
    (next?.querySelector<HTMLElement>(`.${held.kind}`) ?? this.fallback()).focus();
  }
}
