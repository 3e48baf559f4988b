import type { ApplicationRef } from '@angular/core';
import { valuesEqual } from '@atomsync/protocol';
import { everyType } from '../../../../test/browser/every-type';
import { appConfig, bootstrap, type RenderedApp } from './rendered-app';

let app: ApplicationRef;
/** What the list said, one entry for each time it said something else. */
const said: string[] = [];

const list = (): HTMLUListElement => document.querySelector('ul')!;
const look = (): void => {
  const text = list().innerText;
  if (text !== said.at(-1)) said.push(text);
};
const component = (): RenderedApp => app.components[0]!.instance as RenderedApp;

/** Starts the app on the page that a server has rendered. */
export async function start(server: string): Promise<void> {
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  for (const item of list().children) item.setAttribute('data-rendered', 'by the server');
  app = await bootstrap(appConfig(server));
  await component().docs.atom.ready();
  await until(() => component().docs.status().phase === 'live');
  await app.whenStable();
}

/** What the list has said so far. */
export const heard = (): readonly string[] => said;

/** How many entries of the list are those that the server rendered. */
export const kept = (): number => list().querySelectorAll('[data-rendered]').length;

export const hasEveryType = (key: string): boolean =>
  valuesEqual(component().docs.atom.value.get(key), everyType());

export const change = (key: string): void =>
  void component()
    .docs.atom.at(key)
    .swap((doc) => ({ ...doc, big: doc.big + 1n }));

export const settled = (): Promise<void> => component().docs.atom.settled();

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => requestAnimationFrame(done));
}
