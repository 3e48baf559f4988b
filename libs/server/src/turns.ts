/**
 * One at a time, in the order of asking. The writer and all reads of a database take turns here: on one
 * SQLite connection a read between BEGIN and COMMIT would see what may yet be rolled back.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all earlier turns have ended, whether well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** No turns at all: a database that keeps transactions apart itself. */
export class NoTurns extends Turns {
  override take<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}
