import { freezeInDevelopment, type Doc } from '@atomsync/atom';
import { decodeBody, type DocState } from '@atomsync/protocol';
import { AtomSyncServerError } from '../errors';
import type { Features } from '../features';

/** A doc in memory with the schema version its shape has. */
export interface DocForm<D> {
  readonly doc: Doc<D>;
  readonly schemaVersion: number;
}

/** How docs of one group come out of the store: decoded, frozen in development, in the shape the app has now. */
export class DocForms<D> {
  constructor(
    readonly group: string,
    private readonly features: Features,
  ) {}

  /** The schema version for docs that are written as a whole; absent when the app has declared none. */
  get version(): number | undefined {
    return this.features.of(this.group).version;
  }

  /** The doc of a row; `undefined` for a tombstone. One of an older version without a step on stays as it was stored. */
  read(state: DocState | undefined): Doc<D> | undefined {
    return this.#form(state)?.doc;
  }

  /**
   * As `read`, for a doc that is to be changed.
   *
   * @throws AtomSyncServerError `MIGRATION_MISSING`: written back in its old shape it would pass for a new one
   */
  readToWrite(state: DocState | undefined): DocForm<D> | undefined {
    const form = this.#form(state);
    const { version } = this;
    if (form === undefined || version === undefined || form.schemaVersion >= version) return form;
    throw new AtomSyncServerError(
      'MIGRATION_MISSING',
      `The doc ${JSON.stringify(state?.key)} has the schema version ${form.schemaVersion}, and ${JSON.stringify(this.group)} ` +
        `is declared with ${version}. Give forFeature the step migrate[${form.schemaVersion}], or put the doc as a whole.`,
    );
  }

  #form(state: DocState | undefined): DocForm<D> | undefined {
    if (state?.body === undefined) return undefined;
    const { version = 0, step } = this.features.of(this.group);
    let doc = decodeBody(state.body);
    let { schemaVersion } = state;
    for (let next = step(schemaVersion); next && schemaVersion < version; next = step(++schemaVersion)) {
      doc = next(doc);
    }
    return { doc: freezeInDevelopment(doc) as Doc<D>, schemaVersion };
  }
}
