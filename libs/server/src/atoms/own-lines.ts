/** Principals whose lines are remembered; beyond, new lines are begun, which costs a row each. */
const MAX_LINES = 1000;

/** The lines this process writes in: one for each principal it writes for, begun with this start. */
export class OwnLines {
  readonly #lines = new Map<string, string>();

  constructor(private readonly randomId: () => string) {}

  of(principal: string): string {
    let line = this.#lines.get(principal);
    if (line === undefined) {
      if (this.#lines.size >= MAX_LINES) this.#lines.clear();
      this.#lines.set(principal, (line = this.randomId()));
    }
    return line;
  }
}
