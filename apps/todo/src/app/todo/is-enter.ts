/** Whether it was Enter, and not the one that ends the composition of a character. */
export function isEnter({ key, isComposing }: KeyboardEvent): boolean {
  return key === 'Enter' && !isComposing;
}
