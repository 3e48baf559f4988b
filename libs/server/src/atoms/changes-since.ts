import type { Version } from '@atomsync/protocol';
import { Observable } from 'rxjs';
import { AtomSyncServerError } from '../errors';
import type { AtomHost } from './atom-host';
import { toCommit, type Commit } from './commit';
import { CommitFeed } from './commit-feed';
import { parseCommitId } from './commit-id';
import type { DocForms } from './doc-forms';

/** Commits behind the one with this id, merged as far as they are past, then live. */
export const changesSince = <D>(
  host: AtomHost,
  forms: DocForms<D>,
  id: string | undefined,
): Observable<Commit<D>> => changesBehind(host, forms, () => versionOf(host, forms.group, id));

/** Commits from now on, also those of other gateways. */
export const changesFromNow = <D>(host: AtomHost, forms: DocForms<D>): Observable<Commit<D>> =>
  changesBehind(host, forms, () => headOf(host, forms.group));

const changesBehind = <D>(
  host: AtomHost,
  forms: DocForms<D>,
  version: () => Promise<Version>,
): Observable<Commit<D>> =>
  new Observable((subscriber) => {
    let feed: CommitFeed | undefined;
    let running = false;
    const pump = async (from: CommitFeed): Promise<void> => {
      if (running) return;
      running = true;
      while (from.isBehind && !subscriber.closed) {
        const range = await from.take();
        if (range !== undefined) subscriber.next(toCommit(host, forms, range));
      }
      running = false;
    };
    const fail = (error: unknown): void => subscriber.error(error);
    const live = host.committed$.subscribe({
      next: (stored) => {
        const commits = stored.get(forms.group);
        if (commits === undefined || feed === undefined) return;
        feed.offer(commits);
        pump(feed).catch(fail);
      },
      complete: () => subscriber.complete(),
    });
    live.add(
      host.neighbours?.follow(forms.group).subscribe((moved) => {
        if (moved.group !== forms.group || feed === undefined) return;
        feed.reached(moved.head);
        pump(feed).catch(fail);
      }),
    );
    version()
      .then((from) => pump((feed = new CommitFeed(host, forms.group, from))))
      .catch(fail);
    return live;
  });

const headOf = (host: AtomHost, group: string): Promise<Version> =>
  host.turns.take(() =>
    host.options.store.read(
      async (reader) => (await reader.load({ groups: [group], docs: [], lines: [] })).groups[0]?.head ?? 0,
    ),
  );

async function versionOf(host: AtomHost, group: string, id: string | undefined): Promise<number> {
  if (id === undefined) return 0;
  const said = parseCommitId(id);
  const ordinal = said && host.epochOrdinal(said.epoch);
  const made =
    said?.group === group &&
    (await host.turns.take(() =>
      host.options.store.read(async (reader) => {
        const { groups } = await reader.load({ groups: [group], docs: [], lines: [] });
        return said.version <= (groups[0]?.head ?? 0) ? reader.epochOf(group, said.version) : undefined;
      }),
    ));
  if (said !== undefined && ordinal !== undefined && made === ordinal) return said.version;
  throw new AtomSyncServerError(
    'CURSOR_LOST',
    `${JSON.stringify(id)} is no commit of ${JSON.stringify(group)} in this data, which may have been restored from a backup. Read all anew: changesSince().`,
  );
}
