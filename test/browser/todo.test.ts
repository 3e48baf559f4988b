import { syncedAtom, type SyncedAtom } from '@atomsync/client';
import { inChromium } from '../support/in-chromium';
import { until } from '../support/until';
import { LOOKS, TodoWindow } from './todo-window';

interface Todo {
  readonly text: string;
  readonly done: boolean;
}

inChromium('TodoMVC', (stage) => {
  /** Somebody else on the same list. */
  let others: SyncedAtom<Todo>;

  beforeEach(async () => {
    others = syncedAtom<Todo>(stage().client('others'), 'todo');
    await others.ready();
    others.swap((todos) => todos.filter(() => false));
    await others.settled();
  });

  const open = (path?: string): Promise<TodoWindow> => TodoWindow.open(stage(), path);

  it('is a field that has the focus, and nothing else, while there are no todos', async () => {
    const window = await open();
    await window.until(() => window.focused(), 'new-todo');
    await window.says('Online, all saved');
    expect(await window.page.locator('.main, .footer').count()).toBe(0);
  });

  it('adds what is typed, trimmed, at the end, and nothing for blanks', async () => {
    const window = await open();
    await window.add('  Buy milk ', '   ', 'Call Ada');
    await window.shows('Buy milk', 'Call Ada');
    expect(await window.newTodo.inputValue()).toBe('');
    const seen = await until(others, ({ size }) => size === 2);
    expect(seen.list).toEqual([
      { text: 'Buy milk', done: false },
      { text: 'Call Ada', done: false },
    ]);
  });

  it('counts what is left', async () => {
    const window = await open();
    const left = () => window.page.locator('.todo-count').innerText();
    await window.add('a');
    await window.until(left, '1 item left');
    await window.add('b');
    await window.until(left, '2 items left');
    await window.page.locator('#toggle-all + label').click();
    await window.until(left, '0 items left');
    expect(await window.page.locator('.todo-count strong').innerText()).toBe('0');
  });

  it('marks one as done, and all; the mark of all follows them', async () => {
    const window = await open();
    const all = () => window.page.locator('.toggle-all').isChecked();
    await window.add('a', 'b');
    await window.item(0).locator('.toggle').check();
    await window.shows('✓ a', 'b');
    expect(await all()).toBe(false);
    await window.item(1).locator('.toggle').check();
    await window.until(all, true);
    await window.item(0).locator('.toggle').uncheck();
    await window.until(all, false);
    await window.page.locator('#toggle-all + label').click();
    await window.shows('✓ a', '✓ b');
    await window.page.locator('#toggle-all + label').click();
    await window.shows('a', 'b');
  });

  it('clears what is done, and offers it only where there is something to clear', async () => {
    const window = await open();
    const clear = window.page.locator('.clear-completed');
    await window.add('a', 'b', 'c');
    expect(await clear.count()).toBe(0);
    await window.item(1).locator('.toggle').check();
    expect(await clear.innerText()).toBe('Clear completed');
    await clear.click();
    await window.shows('a', 'c');
    expect(await clear.count()).toBe(0);
    expect(await window.page.locator('.toggle-all').isChecked()).toBe(false);
  });

  it('shows what the route says, also after a reload', async () => {
    const window = await open();
    const selected = () => window.page.locator('.filters .selected').allInnerTexts();
    await window.add('a', 'b', 'c');
    await window.item(1).locator('.toggle').check();
    await window.page.getByRole('link', { name: 'Active' }).click();
    await window.shows('a', 'c');
    expect(window.page.url()).toMatch(/\/#\/active$/);
    await window.item(0).locator('.toggle').click();
    await window.shows('c');
    await window.page.getByRole('link', { name: 'Completed' }).click();
    await window.shows('✓ a', '✓ b');
    expect(await selected()).toEqual(['Completed']);
    await window.page.reload();
    await window.shows('✓ a', '✓ b');
    expect(window.page.url()).toMatch(/\/#\/completed$/);
    await window.page.goBack();
    await window.shows('c');
    await window.page.getByRole('link', { name: 'All' }).click();
    await window.shows('✓ a', '✓ b', 'c');
    expect(await selected()).toEqual(['All']);
  });

  describe('the editing of a todo', () => {
    it('begins by a double click: its field has the focus, all else of it is hidden', async () => {
      const window = await open();
      await window.add('a', 'b');
      const field = await window.edit(1);
      expect(await field.inputValue()).toBe('b');
      await window.until(() => window.focused(), 'edit of b');
      expect(await window.item(1).getAttribute('class')).toBe('editing');
      expect(await window.item(1).locator('.view').isVisible()).toBe(false);
      expect(await window.item(0).locator('.view').isVisible()).toBe(true);
    });

    it('is saved by Enter, trimmed', async () => {
      const window = await open();
      await window.add('a');
      const field = await window.edit(0);
      await field.fill('  a2 ');
      await field.press('Enter');
      await window.shows('a2');
      expect(await window.item(0).getAttribute('class')).not.toContain('editing');
      await until(others, ({ list }) => list[0]?.text === 'a2');
    });

    it('is saved when the field loses the focus', async () => {
      const window = await open();
      await window.add('a');
      await (await window.edit(0)).fill('a2');
      await window.newTodo.click();
      await window.shows('a2');
      expect(await window.focused()).toBe('new-todo');
    });

    it('is given up by Escape', async () => {
      const window = await open();
      await window.add('a');
      const field = await window.edit(0);
      await field.fill('a2');
      await field.press('Escape');
      await window.shows('a');
      expect(await (await window.edit(0)).inputValue()).toBe('a');
    });

    it('removes the todo that is left empty', async () => {
      const window = await open();
      await window.add('a', 'b');
      const field = await window.edit(0);
      await field.fill('  ');
      await field.press('Enter');
      await window.shows('b');
    });

    it('that changes nothing does not undo what others wrote meanwhile', async () => {
      const window = await open();
      await window.add('a');
      const [key] = [...(await until(others, ({ size }) => size === 1)).keys()];
      const field = await window.edit(0);
      others.patch(key!, { text: 'theirs' });
      await window.until(() => window.item(0).locator('label').textContent(), 'theirs');
      await field.press('Enter');
      await window.shows('theirs');
      await others.settled();
      expect(others.value.get(key!)?.text).toBe('theirs');
    });
  });

  it('removes a todo by its button, which shows when it is hovered', async () => {
    const window = await open();
    await window.add('a', 'b');
    const button = window.item(0).locator('.destroy');
    const opacity = () => button.evaluate((element) => getComputedStyle(element).opacity);
    await window.newTodo.hover();
    expect(await opacity()).toBe('0');
    await window.item(0).hover();
    expect(await opacity()).toBe('1');
    await button.click();
    await window.shows('b');
  });

  it('is used by keyboard alone, and never loses the focus', async () => {
    const window = await open();
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await window.page.keyboard.press(key);
    };
    await window.until(() => window.focused(), 'new-todo');
    for (const text of ['a', 'b', 'c']) {
      await window.page.keyboard.type(text);
      await press('Enter');
    }
    await press('Tab', 'Tab');
    expect(await window.focused()).toBe('toggle of a');
    await press('Space');
    await window.shows('✓ a', 'b', 'c');
    await press('Tab');
    expect(await window.focused()).toBe('rename of a');
    await press('Enter');
    await window.until(() => window.focused(), 'edit of a');
    await window.page.keyboard.type('2');
    await press('Enter');
    await window.shows('✓ a2', 'b', 'c');
    await window.until(() => window.focused(), 'rename of a2');
    await press('Tab');
    expect(await window.focused()).toBe('destroy of a2');
    await press('Enter');
    await window.until(() => window.focused(), 'destroy of b');
    await press('Shift+Tab', 'Shift+Tab', 'F2');
    await window.until(() => window.focused(), 'edit of b');
    await press('Escape');
    await window.until(() => window.focused(), 'rename of b');
    const [b] = [...(await until(others, ({ size }) => size === 2))].find(([, { text }]) => text === 'b')!;
    others.remove(b);
    await window.until(() => window.focused(), 'rename of c');
    await press('Tab', 'Space');
    await window.until(() => window.focused(), 'new-todo');
  });

  it('is the same list in two windows of two users, both ways', async () => {
    const [a, b] = [await open(), await open()];
    await a.add('by a');
    await b.shows('by a');
    await b.add('by b');
    await a.shows('by a', 'by b');
    await a.item(1).locator('.toggle').check();
    await b.shows('by a', '✓ by b');
    const field = await b.edit(0);
    await field.fill('by both');
    await field.press('Enter');
    await a.shows('by both', '✓ by b');
    await a.page.locator('.clear-completed').click();
    await b.shows('by both');
  });

  it('is the same list in two tabs of one user, with one switch to work offline', async () => {
    const profile = stage().profile();
    const [a, b] = [
      await TodoWindow.open(stage(), '/', profile),
      await TodoWindow.open(stage(), '/', profile),
    ];
    await a.add('by a');
    await b.shows('by a');
    await until(others, ({ size }) => size === 1);
    await a.says('Online, all saved');
    await b.workOffline();
    await a.says('Working offline');
    await b.add('by b');
    await a.shows('by a', 'by b');
    await a.says('Working offline, 1 pending');
    expect(others.value.size).toBe(1);
    await a.workOffline();
    await b.says('Online, all saved');
    await until(others, ({ size }) => size === 2);
  });

  it('takes edits of two users offline, keeps them over a reload, and brings all together', async () => {
    const [a, b] = [await open(), await open()];
    await a.add('milk', 'bread', 'tea');
    await b.shows('milk', 'bread', 'tea');
    for (const window of [a, b]) {
      await window.says('Online, all saved');
      await window.workOffline();
      await window.says('Working offline');
    }
    await a.add('by a');
    await a.item(0).locator('.toggle').check();
    const hers = await a.edit(1);
    await hers.fill('bread of a');
    await hers.press('Enter');
    await a.says('Working offline, 3 pending');
    await b.add('by b');
    const his = await b.edit(1);
    await his.fill('bread of b');
    await his.press('Enter');
    await b.item(2).locator('.destroy').click();
    await b.says('Working offline, 3 pending');
    await b.shows('milk', 'bread of b', 'by b');

    await a.page.reload();
    await a.shows('✓ milk', 'bread of a', 'tea', 'by a');
    await a.says('Working offline, 3 pending');

    await b.workOffline();
    await b.says('Online, all saved');
    await a.workOffline();
    await a.says('Online, all saved');
    for (const window of [a, b]) await window.shows('✓ milk', 'bread of a', 'by a', 'by b');
    expect(others.value.size).toBe(4);
    await a.page.getByText('Your “bread of a” replaced “bread of b”.').waitFor();
    await b.page.getByText('Your “bread of b” was replaced by “bread of a”.').waitFor();

    await b.page.getByRole('button', { name: 'Use mine' }).click();
    await a.shows('✓ milk', 'bread of b', 'by a', 'by b');
    expect(await b.page.locator('.sync-note').count()).toBe(0);
    await a.page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await a.page.locator('.sync-note').count()).toBe(0);
  });

  it('goes on while the server is away', async () => {
    stage().faults.allow(/WebSocket connection to .+ failed/);
    const window = await open();
    await window.says('Online, all saved');
    await stage().server.end();
    await window.add('meanwhile');
    await window.says('Offline, 1 pending');
    await window.shows('meanwhile');
    await stage().server.restart();
    await window.says('Online, all saved');
    await until(others, ({ size }) => size === 1);
  });

  it.each(LOOKS)('has no fault that axe finds, and has its picture taken: $name', async (look) => {
    const window = await open();
    await window.look(look);
    expect(await window.violations()).toEqual([]);
    await window.add('Buy milk', 'Call Ada about the engine', 'Water the plants');
    await window.item(1).locator('.toggle').check();
    await window.says('Online, all saved');
    await window.page.mouse.move(0, 0);
    await window.picture(`todo-${look.name}`);
    expect(await window.violations()).toEqual([]);
    await window.workOffline();
    await (await window.edit(2)).fill('Water all the plants');
    await window.says('Working offline');
    await window.picture(`todo-${look.name}-editing`);
    expect(await window.violations()).toEqual([]);
  });

  it('needs no more than the window is wide', async () => {
    const window = await open();
    await window.add('x'.repeat(200));
    for (const width of [320, 375, 1280]) {
      await window.page.setViewportSize({ width, height: 700 });
      expect(await window.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
});
