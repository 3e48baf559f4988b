import { TestBed } from '@angular/core/testing';
import { injectAtomSync, injectSyncedAtom, injectSyncStatus } from '@atomsync/angular';
import { AtomSyncTesting, provideAtomSyncTesting } from '@atomsync/angular/testing';
import { filter, firstValueFrom } from 'rxjs';
import { testBed } from './test-bed';

interface Note {
  readonly text: string;
}

const others = (): AtomSyncTesting => TestBed.inject(AtomSyncTesting);

function open() {
  testBed(provideAtomSyncTesting({ notes: { a: { text: 'first' } } }));
  return TestBed.runInInjectionContext(() => ({
    sync: injectAtomSync(),
    status: injectSyncStatus(),
    notes: injectSyncedAtom<Note>('notes'),
    more: injectSyncedAtom<Note>('more'),
  }));
}

type Stage = ReturnType<typeof open>;

const reached = (sync: Stage['sync'], phase: string): Promise<unknown> =>
  firstValueFrom(sync.status$.pipe(filter((status) => status.phase === phase)));

describe('the status of a connection', () => {
  it('says whether there is one', async () => {
    const { sync, status } = open();
    expect([status.phase(), status.online(), status.offline()]).toEqual(['connecting', false, false]);
    await reached(sync, 'online');
    expect([status.phase(), status.online(), status.offline()]).toEqual(['online', true, false]);
    others().offline();
    expect([status.phase(), status.online(), status.offline()]).toEqual(['offline', false, true]);
    expect(status.connection().error).toBeDefined();
    others().online();
    await reached(sync, 'online');
    expect(status.online()).toBe(true);
    sync.pause();
    expect([status.phase(), status.offline()]).toEqual(['paused', true]);
  });

  it('counts what is pending, in all groups that are open', async () => {
    const { sync, status, notes, more } = open();
    await reached(sync, 'online');
    others().offline();
    notes.atom.put('b', { text: 'second' });
    notes.atom.patch('a', { text: 'changed' });
    more.atom.put('c', { text: 'third' });
    expect(status.pending()).toBe(3);
    others().online();
    await Promise.all([notes.atom.settled(), more.atom.settled()]);
    expect(status.pending()).toBe(0);
    expect(others().docs('more').toJSON()).toEqual({ c: { text: 'third' } });
  });

  it('counts no group twice, and none that is closed', async () => {
    const { sync, status, notes } = open();
    const again = TestBed.runInInjectionContext(() => injectSyncedAtom<Note>('notes'));
    await reached(sync, 'online');
    others().offline();
    again.atom.put('b', { text: 'second' });
    expect([again.pending(), notes.pending(), status.pending()]).toEqual([1, 1, 1]);
  });

  it('lists conflicts until they are cleared', async () => {
    const { sync, status, notes } = open();
    await notes.atom.settled();
    await reached(sync, 'online');
    others().offline();
    notes.atom.patch('a', { text: 'mine' });
    others().write<Note>('notes', (docs) => docs.with('a', { text: 'theirs' }));
    others().online();
    await notes.atom.settled();
    expect(status.conflicts()).toMatchObject([
      { group: 'notes', key: 'a', mine: 'mine', theirs: 'theirs', kept: 'mine' },
    ]);
    expect(notes.list()).toEqual([{ text: 'mine' }]);
    status.clearConflicts();
    expect(status.conflicts()).toEqual([]);
  });

  it('lists what was refused, until it is dropped or written again', async () => {
    const { status, notes } = open();
    others().refuse({ code: 'FORBIDDEN', message: 'Not yours.' });
    notes.atom.patch('a', { text: 'mine' });
    expect(notes.list()).toEqual([{ text: 'mine' }]);
    await notes.atom.settled();
    expect(notes.list()).toEqual([{ text: 'first' }]);
    expect(status.rejected()).toMatchObject([{ group: 'notes', code: 'FORBIDDEN', message: 'Not yours.' }]);
    others().refuse();
    status.rejected()[0]!.retry();
    await notes.atom.settled();
    expect(status.rejected()).toEqual([]);
    expect(others().docs<Note>('notes').get('a')).toEqual({ text: 'mine' });
  });
});
