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
import { openAtomSync, type AtomSync, type AtomSyncOptions } from '@atomsync/client';
import { NEVER } from 'rxjs';
import type { AtomSyncConfig } from './atom-sync-config';
import { renderingStore, takeRendered } from './rendered-groups';
import { NO_LATER, outside } from './schedulers';

/** The connection that injectors provide. */
export const ATOM_SYNC = new InjectionToken<AtomSync>('AtomSync');

/** Opens the connection of an injector, which closes it. */
export function openConnection(given: AtomSyncConfig | (() => AtomSyncConfig)): AtomSync {
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const { name, ...config } = typeof given === 'function' ? given() : given;
  const { token } = config;
  const options: AtomSyncOptions = {
    scheduler: outside(zone),
    ...config,
    ...(typeof token === 'function' && { token: () => runInInjectionContext(injector, token) }),
    ...(isPlatformServer(inject(PLATFORM_ID)) ? unconnected(name) : inBrowser(name, config)),
  };
  // Heartbeats and frames are no reason to check anything; what they change, signals tell.
  const sync = zone.runOutsideAngular(() => openAtomSync(name, options));
  inject(DestroyRef).onDestroy(() => void sync.close());
  return sync;
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
