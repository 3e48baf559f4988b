import { CliError } from '../cli-error';
import type { ExportMark } from './export-line';
import type { ExportSource, SourcePage } from './export-source';
import type { SyncHttp } from './sync-http';

/** Groups of a running server. */
export class ServerSource implements ExportSource {
  readonly #http: SyncHttp;

  constructor(
    http: SyncHttp,
    readonly groups: readonly string[],
  ) {
    this.#http = http;
  }

  async *pages(group: string, prefix: string, since: ExportMark | undefined): AsyncGenerator<SourcePage> {
    const head = await this.#http.head(group);
    let isFirst = since === undefined;
    for await (const { docs, full, version, cursor } of this.#http.pages(group, prefix, since?.cursor)) {
      if (full && !isFirst) throw lost(group);
      isFirst = false;
      yield {
        docs,
        mark: { group, version, cursor },
        ...(head !== undefined && { share: head === 0 ? 1 : Math.min(1, version / head) }),
      };
    }
  }

  async close(): Promise<void> {
    // Requests end by themselves.
  }
}

const lost = (group: string): CliError =>
  new CliError(
    'CURSOR_LOST',
    `The group ${JSON.stringify(group)} is not what this export began with: the server's data or the rights have changed.`,
    'Begin anew with --force in the place of --resume.',
  );
