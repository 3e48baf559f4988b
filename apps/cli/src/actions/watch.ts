import type { ChangeEvent } from '@atomsync/client';
import {
  endWith,
  filter,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeWith,
  take,
  takeUntil,
  takeWhile,
  tap,
  type Observable,
} from 'rxjs';
import type { Cli } from '../cli';
import { withGroup, type GroupChoice, type OpenGroup } from '../connect';
import { diffLines } from '../output/diff-lines';
import { count as counted } from '../output/table';
import type { Terminal } from '../output/terminal';
import { showValue } from '../values';

export interface WatchChoice extends GroupChoice {
  readonly key: string | undefined;
  /** End after so many commits. */
  readonly count: number | undefined;
}

type Change = ChangeEvent<unknown>;

export async function watch({ terminal, signal }: Cli, choice: WatchChoice): Promise<void> {
  const { key, count } = choice;
  await withGroup({ ...choice, prefix: key ?? choice.prefix }, signal, async (opened) => {
    const changes$ = opened.atom.changes$.pipe(
      map(({ origin, docs }): Change => ({
        origin,
        docs: key === undefined ? docs : docs.filter((doc) => doc.key === key),
      })),
      filter(({ docs }) => docs.length > 0),
      take(count ?? Infinity),
      tap((change) => show(terminal, choice, change)),
    );
    begin(terminal, choice, opened);
    const notes$ = merge(connectionNotes(terminal, opened), refused(opened)).pipe(ignoreElements());
    await lastValueFrom(
      changes$.pipe(
        endWith(ENOUGH),
        mergeWith(notes$),
        takeWhile((change) => change !== ENOUGH),
        takeUntil(fromEvent(signal, 'abort')),
      ),
      { defaultValue: undefined },
    );
  });
}

/** Stands behind the last change that was asked for. */
const ENOUGH = Symbol('enough');

function begin(terminal: Terminal, { group, key }: WatchChoice, { atom }: OpenGroup): void {
  const docs = key === undefined ? atom.deref().size : Number(atom.deref().has(key));
  if (terminal.json) return terminal.print(showValue({ group, status: 'live', docs }));
  terminal.note(terminal.paintNote('dim', `watching ${group}, ${counted(docs, 'doc')} now; Ctrl-C ends it`));
}

function show(terminal: Terminal, { group }: WatchChoice, { docs }: Change, now = new Date()): void {
  if (!terminal.json) {
    const time = terminal.paint('dim', now.toTimeString().slice(0, 8));
    for (const doc of docs) {
      const [first, ...rest] = diffLines(doc, terminal.paint, terminal.width - 10);
      for (const line of [`${time}  ${first!}`, ...rest.map((each) => `          ${each}`)])
        terminal.print(line);
    }
    return;
  }
  const shown = docs.map(({ key, before, after }) => ({
    key,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
  terminal.print(showValue({ group, docs: shown }));
}

/** Errors with what the server said, where it will not have this client any more. */
const refused = ({ atom }: OpenGroup): Observable<unknown> =>
  atom.status$.pipe(
    tap(({ phase, error }) => {
      if (phase === 'refused' && error) throw error;
    }),
  );

/** Says when the connection is lost, and when it is back. */
function connectionNotes(terminal: Terminal, { atom }: OpenGroup): Observable<unknown> {
  let isLive = true;
  return atom.status$.pipe(
    tap(({ phase, error }) => {
      if (isLive && phase === 'offline') {
        isLive = false;
        terminal.note(terminal.paintNote('yellow', `no connection; trying again (${error?.code ?? phase})`));
      } else if (!isLive && phase === 'live') {
        isLive = true;
        terminal.note(terminal.paintNote('dim', 'connected again'));
      }
    }),
  );
}
