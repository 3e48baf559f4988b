import { isPlatformServer } from '@angular/common';
import { inject, PendingTasks, PLATFORM_ID } from '@angular/core';
import { GROUP_LOADER } from './group-loader';

/** On a server that reads groups, holds the page back until what is given has come. */
export function injectHoldRendering(): (until: Promise<unknown>) => void {
  const waits = isPlatformServer(inject(PLATFORM_ID)) && inject(GROUP_LOADER, { optional: true }) !== null;
  const tasks = inject(PendingTasks);
  return (until) => {
    if (!waits) return void until.catch(() => undefined);
    // Closed first, it never comes: that is an end as well.
    const done = tasks.add();
    until.then(done, done);
  };
}
