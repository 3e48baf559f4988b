/** One thing to do. Its key sorts by the time it was added. */
export interface Todo {
  readonly text: string;
  readonly done: boolean;
}
