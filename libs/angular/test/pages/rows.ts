import {
  afterEveryRender,
  type ApplicationRef,
  ChangeDetectionStrategy,
  Component,
  input,
  NgZone,
  runInInjectionContext,
  type EnvironmentProviders,
} from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import {
  cursorSignal,
  injectAtomSync,
  injectSyncedAtom,
  injectSyncStatus,
  provideAtomSync,
} from '@atomsync/angular';
import { syncedAtom, type SyncedAtom } from '@atomsync/client';

export interface Item {
  readonly text: string;
  readonly done: boolean;
}

/** What was rendered and checked since the last time somebody asked. */
const counted = { rows: [] as string[], list: 0, checks: 0, renderings: 0 };

@Component({
  selector: 'app-row',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `{{ shown(item()?.text) }}`,
})
class Row {
  readonly key = input.required<string>();
  readonly item = cursorSignal(() => list().at(this.key()));

  shown(text: string | undefined): string {
    counted.rows.push(this.key());
    return text ?? '';
  }

  ngDoCheck(): void {
    counted.checks++;
  }
}

@Component({
  selector: 'app-root',
  imports: [Row],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <output>{{ sync.phase() }} {{ shown(items.keys().length) }}</output>
    @for (key of items.keys(); track key) {
      <app-row [key]="key" [id]="key" />
    }
  `,
})
class List {
  readonly items = injectSyncedAtom<Item>('items');
  readonly sync = injectSyncStatus();

  constructor() {
    open = this.items.atom;
  }

  shown(length: number): number {
    counted.list++;
    return length;
  }
}

let open: SyncedAtom<Item>;
const list = (): SyncedAtom<Item> => open;

/** Starts the app; resolves when it shows `count` rows. */
export async function start(
  server: string,
  count: number,
  ...providers: EnvironmentProviders[]
): Promise<ApplicationRef> {
  document.body.innerHTML = '<app-root></app-root>';
  const app = await bootstrapApplication(List, {
    providers: [provideAtomSync({ name: 'rows', server }), ...providers],
  });
  afterEveryRender(
    () => {
      counted.renderings++;
    },
    { injector: app.injector },
  );
  await until(
    () => rows().length === count && document.querySelector('output')!.textContent!.startsWith('online'),
  );
  await app.whenStable();
  return app;
}

/** Opens, as a component would, another group of the same connection that nothing shown depends on. */
export function openUnseen({ injector }: ApplicationRef, group: string): SyncedAtom<Item> {
  const sync = runInInjectionContext(injector, injectAtomSync);
  return injector.get(NgZone).run(() => syncedAtom<Item>(sync, group));
}

const rows = (): NodeListOf<Element> => document.querySelectorAll('app-row');

export const text = (key: string): string => document.getElementById(key)?.textContent ?? '';

/** Resolves when a row shows a text. */
export const shows = (key: string, wanted: string): Promise<void> => until(() => text(key) === wanted);

/** What was rendered and checked since the last call. */
export function taken(): typeof counted {
  const { rows, list, checks, renderings } = counted;
  Object.assign(counted, { rows: [], list: 0, checks: 0, renderings: 0 });
  return { rows, list, checks, renderings };
}

export const change = (key: string, wanted: string): void => list().patch(key, { text: wanted });

export const settled = (): Promise<void> => list().settled();

/** Resolves when it holds after some rendering of the browser's. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => requestAnimationFrame(done));
}
