import { assertCarryable, decodeBody, type Body } from '@atomsync/protocol';
import { ClientError, errorMessage } from './errors';

/** Takes a doc of one schema version to the next: a pure, synchronous function. */
export type MigrationStep = (doc: unknown) => unknown;

/** The schema version a program writes, and its way from older ones. */
export interface MigrationOptions {
  readonly version?: number;
  readonly migrate?: Readonly<Record<number, MigrationStep>>;
}

/** A doc as it lies at the server and in the local store. */
export interface StoredForm {
  readonly schemaVersion: number;
  readonly body: Body;
}

/** The schema version of a group's docs in this program, and how docs of older ones get there. */
export class Migrations {
  readonly group: string;
  readonly version: number;
  readonly #steps: Readonly<Record<number, MigrationStep | undefined>>;

  /** @throws ClientError `BAD_OPTION` where a step is missing, or can never be used */
  constructor(group: string, { version = 1, migrate = {} }: MigrationOptions) {
    this.group = group;
    this.version = version;
    this.#steps = migrate;
    if (!Number.isSafeInteger(version) || version < 1) {
      throw badOption(group, `version is a whole number from 1 on, not ${String(version)}`);
    }
    const given = Object.keys(migrate).map(Number);
    const stray = given.find((from) => !Number.isSafeInteger(from) || from < 1 || from >= version);
    if (stray !== undefined) {
      throw badOption(
        group,
        `migrate[${stray}] leads nowhere: steps begin at 1 and end below version ${version}`,
      );
    }
    for (let from = Math.min(...given); from < version; from++) {
      if (typeof migrate[from] === 'function') continue;
      throw badOption(
        group,
        `migrate[${from}] is missing: from the lowest step to version ${version} there is one for every version; ` +
          `return the doc as it is where nothing changes`,
      );
    }
  }

  /** For a program that does not look into docs: they are passed on as they are stored. */
  static unread(group: string, version: number): Migrations {
    const steps = Array.from({ length: version - 1 }, (_, i) => [i + 1, same] as const);
    return new Migrations(group, { version, migrate: Object.fromEntries(steps) });
  }

  /**
   * A stored doc in this program's shape. Each time it is decoded anew, so that a step may do with it what it likes.
   *
   * @throws ClientError `MIGRATION_FAILED`
   */
  read(key: string, { schemaVersion, body }: StoredForm): unknown {
    let doc: unknown = decodeBody(body);
    if (schemaVersion >= this.version) return doc;
    for (let from = schemaVersion; from < this.version; from++) {
      const step = this.#steps[from];
      if (step === undefined) throw this.#failed(key, from, `migrate has no step ${from}`);
      try {
        doc = step(doc);
      } catch (error) {
        throw this.#failed(key, from, errorMessage(error), error);
      }
      if (doc === undefined) throw this.#failed(key, from, 'it gave undefined, and a doc is never undefined');
    }
    try {
      assertCarryable(doc);
    } catch (error) {
      throw this.#failed(key, this.version - 1, errorMessage(error), error);
    }
    return doc;
  }

  #failed(key: string, from: number, why: string, cause?: unknown): ClientError {
    return new ClientError(
      'MIGRATION_FAILED',
      `The doc '${key}' of the group '${this.group}' could not be taken from schema version ${from} to ${from + 1}: ${why}. ` +
        `It stays as it is, is not shown, and takes no writes until a program comes whose migrate[${from}] can read it.`,
      { cause },
    );
  }
}

const same: MigrationStep = (doc) => doc;

function badOption(group: string, rule: string): ClientError {
  return new ClientError('BAD_OPTION', `The group '${group}' cannot be opened like this: ${rule}.`);
}
