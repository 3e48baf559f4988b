import { Subscription, type Observable } from 'rxjs';
import type { Farewell } from '../cursor-index';
import { DocMap, type Doc } from '../doc-map';
import { isDocMap } from '../is-doc-map';
import { Turns } from '../turns';
import { Order } from './order';
import type { Row } from './row';
import { Stage, type Origin } from './stage';

/** The docs of an atom, or of any stream of doc maps, as rows. */
class DocSource<D> extends Stage<D> implements Origin {
  readonly turns = new Turns();
  readonly order = new Order<D>();
  over: Farewell | undefined;
  readonly #docs$: Observable<DocMap<D>>;
  #docs: DocMap<D> | undefined;
  #connection = Subscription.EMPTY;

  constructor(docs$: Observable<DocMap<D>>) {
    super();
    this.#docs$ = docs$;
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
    if (!this.isUsed) return;
    if (this.turns.busy) this.#advance();
    else this.turns.take(() => this.#advance());
  }

  protected override start(): void {
    const connection = (this.#connection = new Subscription());
    // While it is being subscribed to nobody depends on it, and nobody is told.
    const take = (task: () => void): void => {
      if (this.isUsed) this.turns.take(() => !connection.closed && task());
      else task();
    };
    const end = (tell: Farewell): void =>
      take(() => {
        if (this.isUsed) this.ended(tell);
        else this.over = tell;
      });
    connection.add(
      this.#docs$.subscribe({
        next: (docs) => take(() => this.#advance(docs)),
        error: (error: unknown) => end((observer) => observer.error(error)),
        complete: () => end((observer) => observer.complete()),
      }),
    );
  }

  protected override stop(): void {
    this.#connection.unsubscribe();
    this.#docs = this.over = undefined;
  }

  /** Goes on to what the source holds, if it is one that holds something, or to what it has told. */
  #advance(told?: DocMap<D>): void {
    // By writes within a notification an atom's value may have moved on: what is told is history then.
    const { value } = this.#docs$ as { readonly value?: unknown };
    const docs = isDocMap(value) ? (value as DocMap<D>) : told;
    const before = this.#docs;
    if (!docs || docs === before) return;
    this.#docs = docs;
    if (!this.isUsed) return;
    const gone: Row<D>[] = [];
    const come: Row<D>[] = [];
    for (const change of docs.changesSince(before ?? DocMap.empty())) {
      if (change.before !== undefined) gone.push(this.#row(change.key, change.before));
      if (change.after !== undefined) come.push(this.#row(change.key, change.after));
    }
    this.tell({ gone, come, before: undefined });
  }

  #row(key: string, doc: Doc<D>): Row<D> {
    return this.order.row({ key, doc });
  }
}

const sources = new WeakMap<Observable<unknown>, DocSource<unknown>>();

/** The docs of a source, for all views of it: it is subscribed to once, and asked once what has changed. */
export const docSource = <D>(docs$: Observable<DocMap<D>>): Stage<D> => {
  const source = (sources.get(docs$) as DocSource<D> | undefined) ?? new DocSource(docs$);
  sources.set(docs$, source as DocSource<unknown>);
  return source;
};
