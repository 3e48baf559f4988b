import { provideZonelessChangeDetection, type ApplicationConfig } from '@angular/core';
import { provideRouter, withComponentInputBinding, withHashLocation } from '@angular/router';
import { routes } from './app.routes';
import { provideAtomSync } from '@atomsync/angular';
import { worksOffline } from './sync/work-offline';

export const appConfig: ApplicationConfig = {
  providers: [
    provideAtomSync(() => ({ name: 'todomvc', server: '/sync', paused: worksOffline() })),
    provideZonelessChangeDetection(),
    provideRouter(routes, withHashLocation(), withComponentInputBinding()),
  ],
};
