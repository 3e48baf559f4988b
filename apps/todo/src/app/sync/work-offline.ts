/** Where the choice to work offline is kept, so that a reload does not undo it. */
const KEY = 'atomsync:work-offline';

/** Whether the user has chosen to work offline. */
export function worksOffline(storage: Storage = localStorage): boolean {
  return storage.getItem(KEY) !== null;
}

/** Keeps the choice. */
export function setWorksOffline(offline: boolean, storage: Storage = localStorage): void {
  if (offline) storage.setItem(KEY, 'yes');
  else storage.removeItem(KEY);
}
