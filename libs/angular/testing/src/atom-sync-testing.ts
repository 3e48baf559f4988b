import { inject, Injectable, InjectionToken } from '@angular/core';
import { injectAtomSync } from '@atomsync/angular';
import type { DocMap } from '@atomsync/atom';
import { encodeBody, type Change } from '@atomsync/protocol';
import type { Refusal } from './server-group';
import type { TestServer } from './test-server';

/** @internal */
export const TEST_SERVER = new InjectionToken<TestServer>('AtomSync TestServer');

/** Under which key a group holds the one value of a synced value. */
export const VALUE_KEY = 'value';

/**
 * The other side of what a test looks at: the server, the network, and other users.
 *
 * @example
 * const others = TestBed.inject(AtomSyncTesting);
 * others.write<Todo>('todo', (docs) => docs.with('todo:2', { text: 'Theirs', done: false }));
 * await fixture.whenStable();
 */
@Injectable()
export class AtomSyncTesting {
  readonly #server = inject(TEST_SERVER);
  readonly #sync = injectAtomSync();

  /** What the server has of a group. */
  docs<D>(group: string): DocMap<D> {
    return this.#server.group(group).docs() as DocMap<D>;
  }

  /** What the server has of a synced value; `undefined` where nothing has been written. */
  value<T>(group: string): T | undefined {
    return this.docs<T>(group).get(VALUE_KEY) as T | undefined;
  }

  /** Another user writes docs of a group. It is there at once, where the test is online. */
  write<D>(group: string, change: (docs: DocMap<D>) => DocMap<D>): void {
    const before = this.docs<D>(group);
    const changes = Array.from(change(before).changesSince(before), ({ key, after }): Change => {
      if (after === undefined) return { kind: 'delete', key };
      return { kind: 'put', key, schemaVersion: 1, body: encodeBody(after) };
    });
    this.#server.write(group, changes);
  }

  /** Another user writes a synced value. */
  writeValue<T>(group: string, value: T): void {
    this.write<T>(group, (docs) => docs.with(VALUE_KEY, value));
  }

  /** Takes the network away: writes wait. */
  offline(): void {
    this.#server.reachable = false;
  }

  /** Gives the network back, and connects at once. */
  online(): void {
    this.#server.reachable = true;
    this.#sync.resume();
  }

  /** From now on the server refuses all writes for good; without a reason it takes them again. */
  refuse(refusal?: Refusal): void {
    this.#server.refusal = refusal;
  }
}
