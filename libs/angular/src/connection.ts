import {
  DestroyRef,
  inject,
  Injector,
  InjectionToken,
  NgZone,
  PLATFORM_ID,
  runInInjectionContext,
} from '@angular/core';
import { isPlatformBrowser } from '@angular/common';
import { memoryLocalStore, openAtomSync, type AtomSync, type AtomSyncOptions } from '@atomsync/client';
import { NEVER } from 'rxjs';
import type { AtomSyncConfig } from './atom-sync-config';

/** The connection that injectors provide. */
export const ATOM_SYNC = new InjectionToken<AtomSync>('AtomSync');

/** Opens the connection of an injector, which closes it. */
export function openConnection(given: AtomSyncConfig | (() => AtomSyncConfig)): AtomSync {
  const injector = inject(Injector);
  const { name, ...config } = typeof given === 'function' ? given() : given;
  const { token } = config;
  const options: AtomSyncOptions = {
    ...config,
    ...(typeof token === 'function' && { token: () => runInInjectionContext(injector, token) }),
  };
  const inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  // Heartbeats and frames are no reason to check anything; what they change, signals tell.
  const sync = inject(NgZone).runOutsideAngular(() =>
    openAtomSync(name, inBrowser ? options : { ...options, ...unconnected }),
  );
  inject(DestroyRef).onDestroy(() => void sync.close());
  return sync;
}

/** On a server that renders pages nothing connects, and nothing is stored. */
const unconnected = {
  server: 'ws://localhost/',
  transport: () => NEVER,
  paused: true,
  tabs: false,
  store: () => memoryLocalStore(),
} satisfies AtomSyncOptions;
