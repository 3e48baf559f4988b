/** What a journal record counts for beside its bytes: the time that reading it takes. */
const recordCost = 500;

/** What the records of a group cost, in bytes: compaction pays when little of it is needed. */
export class StoredCost {
  /** What the state was when it was last stored as a whole. */
  base = 0;
  /** What came since, and what it outdated. */
  since = 0;

  /** `replaces`: the append holds the state as a whole. */
  append(bytes: number, replaces: boolean): void {
    this.since += recordCost + (replaces ? this.base : bytes);
    if (replaces) this.base = bytes;
  }

  /** The state was stored as a whole again; `covered` is what of `since` went into it. */
  compacted(base: number, covered: number): void {
    this.base = base;
    this.since -= covered;
  }
}
