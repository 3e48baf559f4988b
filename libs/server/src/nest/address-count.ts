/** How many connections each address has. */
export class AddressCount {
  readonly #counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Counts one more, or says that it is one too many. */
  enter(address: string): boolean {
    const count = this.#counts.get(address) ?? 0;
    if (count >= this.most) return false;
    this.#counts.set(address, count + 1);
    return true;
  }

  leave(address: string): void {
    const count = this.#counts.get(address) ?? 0;
    if (count > 1) this.#counts.set(address, count - 1);
    else this.#counts.delete(address);
  }
}
