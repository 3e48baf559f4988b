import { ClientError, type Conflict, type SyncStatus } from '@atomsync/client';
import { DocMap } from '@atomsync/atom';
import { tellConflict } from '../src/app/sync/tell-conflict';
import { tellStatus } from '../src/app/sync/tell-status';
import { clearCompleted, markAll } from '../src/app/todo/todo-swaps';

it.each<[string, Parameters<typeof tellStatus>[0], SyncStatus]>([
  ['Online, all saved', 'online', { phase: 'live', pending: 0 }],
  ['Online, 2 pending', 'online', { phase: 'live', pending: 2 }],
  ['Connecting', 'connecting', { phase: 'syncing', pending: 0 }],
  ['Offline, 1 pending', 'offline', { phase: 'offline', pending: 1 }],
  ['Working offline', 'paused', { phase: 'paused', pending: 0 }],
  [
    'Not saved on this device: no room',
    'online',
    { phase: 'live', pending: 0, error: new ClientError('STORE_FULL', 'no room') },
  ],
  [
    'Not synced: who are you?',
    'refused',
    { phase: 'refused', pending: 1, error: new ClientError('UNAUTHENTICATED', 'who are you?') },
  ],
])('says "%s"', (text, connection, status) => {
  expect(tellStatus(connection, status).text).toBe(text);
});

const field = { key: 'k', path: [{ in: 'object', key: 'text' }], base: 'a', policy: 'rebase' } as const;
const doc = { ...field, path: [] } as const;

it.each<[string, Conflict]>([
  ['Your “b” was replaced by “c”.', { ...field, mine: 'b', theirs: 'c', kept: 'theirs' }],
  ['Your “b” replaced “c”.', { ...field, mine: 'b', theirs: 'c', kept: 'mine' }],
  [
    'Your mark “done” was replaced by mark “not done”.',
    { ...field, mine: true, theirs: false, kept: 'theirs' },
  ],
  ['“b” was deleted elsewhere.', { ...doc, mine: { text: 'b' }, theirs: undefined, kept: 'theirs' }],
  ['You deleted “c”, changed elsewhere.', { ...doc, mine: undefined, theirs: { text: 'c' }, kept: 'mine' }],
])('tells a conflict: %s', (text, conflict) => {
  expect(tellConflict(conflict)).toBe(text);
});

describe('a write of many todos that runs again', () => {
  const later = DocMap.from({
    a: { text: 'a', done: false },
    b: { text: 'b', done: true },
    new: { text: 'new', done: true },
  });

  it('marks those that were there when it was made, and are there still', () => {
    expect(markAll(later, ['a', 'b', 'gone'], true).toJSON()).toMatchObject({
      a: { done: true },
      b: { done: true },
      new: { done: true },
    });
    expect(markAll(later, ['b'], false).get('new')).toEqual({ text: 'new', done: true });
  });

  it('clears no todo that was taken up again, and none that came later', () => {
    expect([...clearCompleted(later, ['a', 'b', 'gone']).keys()]).toEqual(['a', 'new']);
  });
});
