/** Whether a key belongs to the composition of a character, which its Enter ends. */
export function isComposing(event: Event): boolean {
  return event instanceof KeyboardEvent && event.isComposing;
}
