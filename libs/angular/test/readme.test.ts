import './test-bed';
import type { Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { injectSyncedAtom } from '@atomsync/angular';
import { AtomSyncTesting, provideAtomSyncTesting } from '@atomsync/angular/testing';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { blocksOf, type Block } from '../../../test/docs/blocks';
import { ANGULAR } from './support/bundle-angular';
import { rendered, testBed, textOf } from './test-bed';

interface Todo {
  readonly text: string;
  readonly done: boolean;
}

const root = resolve(__dirname, '../../..');
/** Those of all pages that name this test. */
const blocks = ['libs/angular/README.md', 'docs/guides/angular.md', 'docs/guides/coming-from.md']
  .flatMap((path) => blocksOf(path, readFileSync(join(root, path), 'utf8')))
  .filter(({ runIn }) => runIn === 'libs/angular/test/readme.test.ts');

// Before the tests, because a block may be a test itself. Inside the workspace, so that the packages are found.
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
const folder = mkdtempSync(join(root, 'libs/angular/.readme-'));
const fileOf = ({ fileName }: Block): string => join(folder, fileName.replace(/\.mts$/, '.ts'));
for (const block of blocks) {
  mkdirSync(dirname(fileOf(block)), { recursive: true });
  writeFileSync(fileOf(block), block.code);
}
try {
  execFileSync(process.execPath, [join(__dirname, 'support/compile-blocks.mjs'), folder, ANGULAR['21']], {
    cwd: root,
    stdio: 'pipe',
  });
} catch (error) {
  rmSync(folder, { recursive: true, force: true });
  throw error;
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shown = new Set<Block>();

/** What a block exports, compiled ahead of time. */
async function load(name: string): Promise<Type<unknown>> {
  const block = blocks.find(({ code }) => code.includes(`export class ${name} `))!;
  shown.add(block);
  const all = (await import(fileOf(block))) as Record<string, Type<unknown>>;
  return all[name]!;
}

const milk: Todo = { text: 'Buy milk', done: false };
const ada: Todo = { text: 'Call Ada', done: true };

const click = (element: Element, label: string): void => {
  const button = Array.from(element.querySelectorAll('button')).find(
    ({ textContent }) => textContent?.trim() === label,
  );
  if (!button) throw new Error(`There is no button '${label}' in ${element.innerHTML}`);
  button.click();
};

/** A component of a page on a server that has a few docs. */
async function show(name: string) {
  testBed(
    provideAtomSyncTesting({
      todo: { 'todo:1': milk, 'todo:2': ada },
      'list/home': { a: milk, b: ada },
      'list/work': { c: { text: 'Write', done: false } },
    }),
  );
  const fixture = await rendered(await load(name));
  const element = fixture.nativeElement as Element;
  return {
    element,
    press: (label: string) => click(element, label),
    text: async () => (await textOf(fixture)).replace(/\s+/g, ' '),
    server: TestBed.inject(AtomSyncTesting),
  };
}

/** Fires an event that `click` is not enough for. */
function fire(element: Element | null, type: string): void {
  const event = element!.ownerDocument.createEvent('Event');
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the document in Node has no other way
  event.initEvent(type, true, true);
  element!.dispatchEvent(event);
}

describe('the code in the README', () => {
  it('shows docs, and writes them', async () => {
    const { press, text, server } = await show('Todos');
    expect(await text()).toBe('Buy milkCall Ada 1 left add');
    server.offline();
    press('Call Ada');
    press('add');
    expect(await text()).toBe('Buy milkBuy milkCall Ada 3 left saving 2add');
    server.online();
    server.write<Todo>('todo', (docs) => docs.with('todo:3', { text: 'Theirs', done: true }));
    await TestBed.runInInjectionContext(() => injectSyncedAtom('todo')).atom.settled();
    expect(await text()).toBe('Buy milkBuy milkCall AdaTheirs 3 left add');
  });

  it('has a signal in each row', async () => {
    const { press, text, server } = await show('TodoList');
    expect(await text()).toBe('Buy milkCall Ada');
    press('Buy milk');
    server.write<Todo>('todo', (docs) => docs.update('todo:2', (todo) => ({ ...todo, text: 'Call Bob' })));
    expect(await text()).toBe('Buy milkCall Bob');
  });

  it('follows signals', async () => {
    const { press, text } = await show('Lists');
    expect(await text()).toBe('workopenBuy milk');
    press('open');
    expect(await text()).toBe('workdoneCall Ada');
    press('work');
    press('done');
    expect(await text()).toBe('workopenWrite');
  });

  it('binds cursors both ways', async () => {
    const { press, text } = await show('Settings');
    expect(await text()).toBe('off0false');
    press('off');
    press('0');
    expect(await text()).toBe('on1true');
  });

  it('says how things stand', async () => {
    const { press, text, server } = await show('Status');
    expect(await text()).toBe('saved');
    server.offline();
    expect(await text()).toBe('offline, 0 to be saved');
    server.online();
    press('offline, 0 to be saved');
    expect(await text()).toBe('saved');
  });
});

describe('the code in the guides', () => {
  it('has a list in five minutes', async () => {
    const { element, press, text, server } = await show('App');
    expect(await text()).toBe('also what is done☐ Buy milk×online, 0 to be saved');
    server.offline();
    element.querySelector('input')!.value = 'Write';
    fire(element.querySelector('form'), 'submit');
    press('☐ Buy milk');
    expect(await text()).toBe('also what is done☐ Write×offline, 2 to be saved');
    fire(element.querySelector('input[type=checkbox]'), 'change');
    expect(await text()).toBe('also what is done☑ Buy milk×☑ Call Ada×☐ Write×offline, 2 to be saved');
    server.online();
    server.write<Todo>('todo', (docs) => docs.without('todo:2'));
    const { atom } = TestBed.runInInjectionContext(() => injectSyncedAtom('todo'));
    await atom.settled();
    expect(await text()).toBe('also what is done☑ Buy milk×☐ Write×online, 0 to be saved');
    press('×');
    await atom.settled();
    expect(await text()).toBe('also what is done☐ Write×online, 0 to be saved');
  });

  it('does what NgRx did', async () => {
    const { press, text, server } = await show('OpenTodos');
    expect(await text()).toBe('Buy milk');
    server.write<Todo>('todo', (docs) => docs.update('todo:2', (todo) => ({ ...todo, done: false })));
    press('Buy milk');
    expect(await text()).toBe('Call Ada');
  });
});

it('every component of the pages is shown', () => {
  expect(blocks.length).toBeGreaterThan(10);
  const components = blocks.filter(({ code }) => /^export class/m.test(code) && !/^it\(/m.test(code));
  expect(components.filter((block) => !shown.has(block)).map(({ title }) => title)).toEqual([]);
});

describe('the test in the README', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is a test, and tests are told of at once
  require(fileOf(blocks.find(({ code }) => /^it\(/m.test(code))!));
});
