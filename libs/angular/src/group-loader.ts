import { InjectionToken, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import type { HandedOver } from '@atomsync/client';

/** Which docs a page needs. */
export interface GroupRequest {
  readonly group: string;
  /** The docs whose keys begin with it. */
  readonly prefix: string;
}

/** Reads a group for a page that is rendered on a server. `undefined`: the browser is to load it itself. */
export type GroupLoader = (request: GroupRequest) => Promise<HandedOver | undefined>;

export const GROUP_LOADER = new InjectionToken<GroupLoader>('AtomSync GroupLoader');

/**
 * For the server that renders pages: how the docs of a group are read there. Rendering waits for them, and the browser
 * takes them up; with their cursor it asks for what has changed since, without it for all. Runs in an injection
 * context. Where it rejects, the error goes to the `ErrorHandler` and the page is rendered without docs.
 *
 * @example
 * // app.config.server.ts
 * providers: [provideServerRendering(), provideGroupLoader(pullGroup('http://localhost:8090/sync'))]
 */
export function provideGroupLoader(load: GroupLoader): EnvironmentProviders {
  return makeEnvironmentProviders([{ provide: GROUP_LOADER, useValue: load }]);
}
