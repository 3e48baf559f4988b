import { Subscription, type Observable } from 'rxjs';
import type { Farewell } from '../cursor-index';
import type { Doc, DocMap } from '../doc-map';
import { isDocMap } from '../is-doc-map';
import { Turns } from '../turns';
import { Order } from './order';
import type { Row } from './row';
import { Stage, type Origin } from './stage';

/** The docs of one source for all views of it: it is subscribed to once, and asked once what has changed. */
const sources = new WeakMap<Observable<unknown>, DocSource<unknown>>();

/** The docs of an atom, or of any stream of doc maps, as rows. */
export class DocSource<D> extends Stage<D> implements Origin {
  readonly turns = new Turns();
  readonly order = new Order<D>();
  over: Farewell | undefined;
  readonly #docs$: Observable<DocMap<D>>;
  #docs: DocMap<D> | undefined;
  #connection = Subscription.EMPTY;
  #isComputing = false;

  private constructor(docs$: Observable<DocMap<D>>) {
    super();
    this.#docs$ = docs$;
  }

  static of<D>(docs$: Observable<DocMap<D>>): DocSource<D> {
    const known = sources.get(docs$) as DocSource<D> | undefined;
    const source = known ?? new DocSource(docs$);
    if (!known) sources.set(docs$, source as DocSource<unknown>);
    return source;
  }

  get origin(): Origin {
    return this;
  }

  get isLoaded(): boolean {
    return this.#docs !== undefined;
  }

  *all(): Iterable<Row<D>> {
    for (const [key, doc] of this.#docs ?? []) yield this.#row(key, doc);
  }

  refresh(): void {
    const docs = this.isUsed && !this.#isComputing && this.#current();
    if (!docs) return;
    if (this.turns.busy) this.#advance(docs);
    else this.turns.take(() => this.#advance(docs));
  }

  protected override start(): void {
    const connection = (this.#connection = new Subscription());
    // While it is being subscribed to nobody depends on it, and nobody is told.
    const take = (task: () => void): void => {
      if (!this.isUsed) task();
      else this.turns.take(() => !connection.closed && task());
    };
    const finish = (tell: Farewell): void => {
      if (this.isUsed) this.ended(tell);
      else this.over = tell;
    };
    connection.add(
      this.#docs$.subscribe({
        // An atom's value may have moved on, by writes within a notification: then what comes is history already.
        next: (docs) => take(() => this.#advance(this.#current() ?? docs)),
        error: (error: unknown) => take(() => finish((observer) => observer.error(error))),
        complete: () => take(() => finish((observer) => observer.complete())),
      }),
    );
  }

  protected override stop(): void {
    this.#connection.unsubscribe();
    this.#docs = this.over = undefined;
  }

  /** What the source says it holds, if it is one that holds something. */
  #current(): DocMap<D> | undefined {
    const { value } = this.#docs$ as { readonly value?: unknown };
    return isDocMap(value) ? (value as DocMap<D>) : undefined;
  }

  #advance(docs: DocMap<D>): void {
    const before = this.#docs;
    if (before === docs) return;
    this.#docs = docs;
    if (!this.isUsed) return;
    this.#isComputing = true;
    try {
      const gone: Row<D>[] = [];
      const come: Row<D>[] = before ? [] : [...this.all()];
      for (const change of before ? docs.changesSince(before) : []) {
        if (change.before !== undefined) gone.push(this.#row(change.key, change.before));
        if (change.after !== undefined) come.push(this.#row(change.key, change.after));
      }
      this.tell({ gone, come, before: undefined });
    } finally {
      this.#isComputing = false;
    }
  }

  #row(key: string, doc: Doc<D>): Row<D> {
    return this.order.row({ key, doc });
  }
}
