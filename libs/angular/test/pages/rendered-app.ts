import { ChangeDetectionStrategy, Component, computed, provideZonelessChangeDetection } from '@angular/core';
import {
  bootstrapApplication,
  type BootstrapContext,
  provideClientHydration,
} from '@angular/platform-browser';
import { injectSyncedAtom, injectSyncStatus, provideAtomSync } from '@atomsync/angular';
import type { ApplicationConfig, ApplicationRef } from '@angular/core';
import type { EveryType } from '../../../../test/browser/every-type';

@Component({
  selector: 'app-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p>{{ sync.phase() }} {{ docs.ready() ? 'ready' : 'loading' }}</p>
    <ul>
      @for (line of lines(); track $index) {
        <li>{{ line }}</li>
      } @empty {
        <li class="empty">nothing</li>
      }
    </ul>
  `,
})
export class RenderedApp {
  readonly docs = injectSyncedAtom<EveryType>('rendered');
  readonly sync = injectSyncStatus();
  readonly lines = computed(() =>
    this.docs.list().map(({ big, date, set }) => `${big} ${date.toISOString()} ${[...set].join()}`),
  );
}

/** The same app, on the server and in the browser. */
export const appConfig = (server: string): ApplicationConfig => ({
  providers: [
    provideZonelessChangeDetection(),
    provideClientHydration(),
    provideAtomSync({ name: 'rendered', server }),
  ],
});

export const bootstrap = (config: ApplicationConfig, context?: BootstrapContext): Promise<ApplicationRef> =>
  bootstrapApplication(RenderedApp, config, context);
