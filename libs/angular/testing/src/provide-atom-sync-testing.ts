import { inject, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { encodeDocs, provideAtomSync, type AtomSyncConfig } from '@atomsync/angular';
import { memoryLocalStore } from '@atomsync/client';
import { AtomSyncTesting, TEST_SERVER, VALUE_KEY } from './atom-sync-testing';
import { ServerGroup } from './server-group';
import { TestServer } from './test-server';

/** What the server of a test has: docs by group and key. */
export type InitialDocs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface AtomSyncTestingOptions extends Partial<
  Omit<AtomSyncConfig, 'server' | 'transport' | 'store'>
> {
  /** What the server has of synced values, by group. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/**
 * Provides a connection to a server in memory, for `TestBed`: real atoms, all there is of the client, no socket, no
 * store and nothing global. What the server has is there at once, so that a component shows it when it is first
 * rendered; what a component writes reaches the server as soon as its promises are through: `await todos.settled()`.
 *
 * @example
 * TestBed.configureTestingModule({
 *   providers: [provideAtomSyncTesting({ todo: { 'todo:1': { text: 'Buy milk', done: false } } })],
 * });
 */
export function provideAtomSyncTesting(
  docs: InitialDocs = {},
  { values = {}, ...config }: AtomSyncTestingOptions = {},
): EnvironmentProviders {
  const groups = [
    ...Object.entries(docs),
    ...Object.entries(values).map(([group, value]) => [group, { [VALUE_KEY]: value }] as const),
  ];
  return makeEnvironmentProviders([
    {
      provide: TEST_SERVER,
      useFactory: () =>
        new TestServer(new Map(groups.map(([group, all]) => [group, new ServerGroup(encodeDocs(all))]))),
    },
    AtomSyncTesting,
    provideAtomSync(() => {
      const server = inject(TEST_SERVER);
      return {
        name: 'test',
        tabs: false,
        ...config,
        server: 'ws://test/sync',
        store: memoryLocalStore(),
        transport: server.transport,
        handedOver: (group, prefix) => server.handOver(group, prefix),
      };
    }),
  ]);
}
