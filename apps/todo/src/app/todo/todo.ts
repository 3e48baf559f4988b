/** One thing to do. Its key sorts by the time it was added. */
export interface Todo {
  readonly text: string;
  readonly done: boolean;
}

/** A todo under its key. */
export interface TodoEntry {
  readonly key: string;
  readonly doc: Todo;
}
