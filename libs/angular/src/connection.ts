import { isPlatformServer } from '@angular/common';
import {
  DestroyRef,
  inject,
  InjectionToken,
  Injector,
  NgZone,
  PLATFORM_ID,
  runInInjectionContext,
} from '@angular/core';
import {
  openAtomSync,
  webSocketTransport,
  type AtomSync,
  type AtomSyncOptions,
  type Transport,
} from '@atomsync/client';
import { NEVER, type SchedulerLike } from 'rxjs';
import type { AtomSyncConfig } from './atom-sync-config';
import { renderingStore, takeRendered } from './rendered-groups';
import { framesOutside, NO_LATER, timersOutside } from './outside';

/** The connection that injectors provide. */
export const ATOM_SYNC = new InjectionToken<AtomSync>('AtomSync');

/** Opens the connection of an injector, which closes it. */
export function openConnection(given: AtomSyncConfig | (() => AtomSyncConfig)): AtomSync {
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const { name, ...config } = typeof given === 'function' ? given() : given;
  const { token, scheduler = timersOutside(zone), transport = defaultTransport(scheduler) } = config;
  const options: AtomSyncOptions = {
    ...config,
    scheduler,
    ...(typeof token === 'function' && { token: () => runInInjectionContext(injector, token) }),
    ...(transport && { transport: framesOutside(zone, transport) }),
    ...(isPlatformServer(inject(PLATFORM_ID)) ? unconnected(name) : inBrowser(name, config)),
  };
  // Heartbeats and frames are no reason to check anything; what they change, signals tell.
  const sync = zone.runOutsideAngular(() => openAtomSync(name, options));
  inject(DestroyRef).onDestroy(() => void sync.close());
  return sync;
}

/** What the client takes by itself where there are sockets; elsewhere it brings its own. */
function defaultTransport(scheduler: SchedulerLike): Transport | undefined {
  return 'WebSocket' in globalThis ? webSocketTransport({ scheduler }) : undefined;
}

function inBrowser(name: string, { handedOver }: AtomSyncOptions): Partial<AtomSyncOptions> {
  const rendered = takeRendered(name);
  return { handedOver: (group, prefix) => rendered(group, prefix) ?? handedOver?.(group, prefix) };
}

/** On a server that renders pages nothing connects, nothing is stored, and nothing happens later. */
function unconnected(name: string): Partial<AtomSyncOptions> & Pick<AtomSyncOptions, 'server'> {
  return {
    ...renderingStore(name),
    server: 'ws://localhost/',
    transport: () => NEVER,
    tabs: false,
    scheduler: NO_LATER,
  };
}
