import { syncedAtom, type SyncedAtom } from '@atomsync/client';
import type { Locator } from 'playwright-core';
import { inChromium } from '../support/in-chromium';
import { quickOrLong } from '../support/long';
import { until } from '../support/until';
import { LOOKS, TodoWindow } from './todo-window';

type Doc = { readonly count: number } | { readonly text: string; readonly done: boolean };

/** One client's card. */
class Card {
  constructor(
    readonly window: TodoWindow,
    readonly name: string,
  ) {}

  get root(): Locator {
    return this.window.page.getByRole('region', { name: this.name, exact: true });
  }

  get wire(): Locator {
    return this.window.page.locator(`.seat[data-who="${this.name}"] .wire`);
  }

  count(): Promise<string> {
    return this.root.locator('.count-value').innerText();
  }

  press(): Promise<void> {
    return this.root.getByRole('button', { name: '+1' }).click();
  }

  /** Goes offline, or comes back. */
  toggle(): Promise<void> {
    return this.root.getByRole('switch').click();
  }

  state(): Promise<string> {
    return this.root.locator('.client-state').innerText();
  }

  lag(seconds: number): Promise<void> {
    return this.root.getByRole('slider').fill(String(seconds * 1000));
  }

  pending(): Promise<string[]> {
    return this.root.locator('.chip:not(.confirmed)').allInnerTexts();
  }

  base(): Promise<string> {
    return this.root.locator('.version').innerText();
  }

  texts(): Promise<string[]> {
    return this.root
      .locator('.lab-text')
      .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));
  }

  async rename(at: number, text: string): Promise<void> {
    const field = this.root.locator('.lab-text').nth(at);
    await field.fill(text);
    await field.press('Enter');
  }

  notes(): Promise<string[]> {
    return this.root.locator('.note').allInnerTexts();
  }

  /** Its conflict cards: what stands beside mine and theirs, and what was kept. */
  conflicts(): Promise<string[]> {
    return this.root
      .locator('.conflict')
      .evaluateAll((cards) =>
        cards.map((card) =>
          Array.from(card.querySelectorAll('dd, .conflict-kept'), (part) => part.textContent).join(' / '),
        ),
      );
  }
}

const PRESSES = quickOrLong(2, 5);

inChromium('the lab', (stage) => {
  /** Somebody on another machine. */
  let others: SyncedAtom<Doc>;

  beforeEach(async () => {
    others = syncedAtom<Doc>(stage().client('others'), 'lab');
    await others.ready();
    others.swap((docs) => docs.filter(() => false));
    await others.settled();
  });

  /** The lab as it begins, with everyone online and fast. */
  const open = async (pace = 4): Promise<[Card, Card, TodoWindow]> => {
    const window = await TodoWindow.open(stage(), `/lab?pace=${pace}`);
    const cards: [Card, Card] = [new Card(window, 'Ann'), new Card(window, 'Bob')];
    for (const card of cards) {
      await window.until(() => card.texts(), ['Buy milk', 'Book the train']);
      await window.until(() => card.state(), 'online');
      await card.lag(0);
    }
    return [...cards, window];
  };

  it('counts both presses of two who are apart, and shows the one that ran again', async () => {
    const [ann, bob, window] = await open();
    for (const card of [ann, bob]) {
      await card.toggle();
      await window.until(() => card.state(), 'offline');
      await card.press();
      await window.until(() => card.count(), '1');
      await window.until(() => card.pending(), ['inc\n0 → 1']);
    }
    const began = await ann.base();
    await ann.toggle();
    await window.until(() => ann.pending(), []);
    expect(await ann.notes()).toEqual([]);
    expect(await bob.count()).toBe('1');
    expect(await bob.base()).toBe(began);
    await bob.toggle();
    for (const card of [ann, bob]) await window.until(() => card.count(), '2');
    await window.until(() => bob.notes(), ['↻ inc ran again on 1 → 2']);
    await window.until(() => bob.pending(), []);
    await until(others, (docs) => JSON.stringify(docs.get('counter')) === '{"count":2}');
    await window.until(() => window.page.locator('.server-count strong').innerText(), '2');
    await window.until(
      () => bob.base(),
      `base ${await window.page.locator('.lab-server .version').innerText()}`,
    );
    const commits = await window.page.locator('.commit-what').allInnerTexts();
    expect(commits.slice(-2)).toEqual(['Ann: counter 1', 'Bob: counter 2']);
  });

  it('tells both of two who rename one todo apart what met what', async () => {
    const [ann, bob, window] = await open();
    for (const card of [ann, bob]) {
      await card.toggle();
      await window.until(() => card.state(), 'offline');
      await card.rename(0, `by ${card.name}`);
      await window.until(() => card.pending(), ['rename']);
    }
    await ann.toggle();
    await window.until(() => ann.pending(), []);
    await bob.toggle();
    await window.until(() => ann.conflicts(), ['by Ann / by Bob / kept: theirs']);
    await window.until(() => bob.conflicts(), ['by Bob / by Ann / kept: mine']);
    for (const card of [ann, bob]) {
      await window.until(() => card.texts(), ['by Bob', 'Book the train']);
      await card.root.getByRole('button', { name: 'Dismiss' }).click();
      await window.until(() => card.conflicts(), []);
    }
  });

  it('merges what was done to different fields, and says so', async () => {
    const [ann, bob, window] = await open();
    await ann.toggle();
    await bob.toggle();
    await ann.root.getByRole('checkbox').first().check();
    await bob.rename(0, 'Buy oat milk');
    await ann.toggle();
    await window.until(() => ann.pending(), []);
    await bob.toggle();
    await window.until(() => bob.notes(), ['↻ rename merged with what others did']);
    for (const card of [ann, bob]) {
      await window.until(() => card.texts(), ['Buy oat milk', 'Book the train']);
      await window.until(() => card.root.getByRole('checkbox').first().isChecked(), true);
      expect(await card.conflicts()).toEqual([]);
    }
  });

  it('draws writes on a slow line: pending here, a push on its way up, news on their way down', async () => {
    const [ann, bob, window] = await open();
    await ann.lag(2);
    await ann.press();
    const packets = (card: Card): Promise<string[]> => card.wire.locator('.packet').allInnerTexts();
    await window.until(() => ann.count(), '1');
    expect(await bob.count()).toBe('0');
    await window.until(
      async () => (await packets(ann)).some((label) => label.startsWith('push 1 on v')),
      true,
    );
    await window.until(() => bob.count(), '1');
    // Bob knows already what Ann has yet to hear.
    expect(await ann.pending()).toEqual(['inc\n0 → 1']);
    await window.until(async () => (await packets(ann)).some((label) => /^v\d+$/.test(label)), true);
    await window.until(() => ann.pending(), []);
    await window.until(async () => (await ann.root.locator('.chip.confirmed').allInnerTexts()).length, 0);
    await window.until(() => packets(ann), []);
  });

  it('loses none of many presses of four on lines of different lags', async () => {
    const [ann, bob, window] = await open();
    await window.page.getByRole('radio', { name: '4' }).check();
    const cards = [ann, bob, new Card(window, 'Cleo'), new Card(window, 'Dan')];
    for (const card of cards) await window.until(() => card.state(), 'online');
    await Promise.all(cards.map((card, at) => card.lag(at * 0.2)));
    for (let press = 0; press < PRESSES; press++) for (const card of cards) await card.press();
    for (const card of cards) {
      await window.until(() => card.pending(), []);
      await window.until(() => card.count(), String(4 * PRESSES));
    }
    const somethingRanAgain = await Promise.all(cards.map((card) => card.notes()));
    expect(somethingRanAgain.flat().length).toBeGreaterThan(0);
    others.put('counter', { count: 50 });
    for (const card of cards) await window.until(() => card.count(), '50');
    await window.page.getByRole('button', { name: 'Start over' }).click();
    for (const card of cards) await window.until(() => card.count(), '0');
    await window.page.getByRole('radio', { name: '2' }).check();
    expect(await window.page.locator('.client').count()).toBe(2);
  });

  it('adds, ticks and deletes on the list of all', async () => {
    const [ann, bob, window] = await open();
    const field = ann.root.getByRole('textbox', { name: 'Add a todo as Ann' });
    await field.fill('  Water the plants ');
    await field.press('Enter');
    await window.until(() => bob.texts(), ['Buy milk', 'Book the train', 'Water the plants']);
    await bob.root.getByRole('button', { name: 'Delete Buy milk' }).click();
    await window.until(() => ann.texts(), ['Book the train', 'Water the plants']);
    const text = ann.root.locator('.lab-text').first();
    await text.fill('half a tho');
    // By someone on another machine: in this window the focus would leave the field, which saves.
    const [key] = Array.from(others.value).find(([, doc]) => 'text' in doc && doc.text === 'Book the train')!;
    others.patch(key, { text: 'theirs' });
    await ann.root.getByRole('checkbox', { name: 'theirs' }).waitFor();
    await window.until(() => bob.texts(), ['theirs', 'Water the plants']);
    expect(await text.inputValue()).toBe('half a tho');
    await text.press('Escape');
    await window.until(() => ann.texts(), ['theirs', 'Water the plants']);
  });

  it.each([
    ['Two press +1 while apart', '2', 'Buy milk', 'Book the train'],
    ['All press at once', '10', 'Buy milk', 'Book the train'],
    ['Two rename one todo', '0', 'Two milk', 'Book the train'],
    ['One ticks, one renames', '0', 'Buy milk', 'Book the night train'],
  ])('tells the story to its end: %s', async (title, count, ...texts) => {
    const [ann, bob, window] = await open(20);
    const story = window.page.getByRole('button', { name: title });
    await story.click();
    await window.until(() => story.getAttribute('aria-pressed'), 'true');
    await window.page.waitForFunction(() => document.querySelector('.telling.playing') === null, null, {
      timeout: 60_000,
    });
    for (const card of [ann, bob]) {
      expect(await card.count()).toBe(count);
      expect(await card.texts()).toEqual(texts);
      expect(await card.pending()).toEqual([]);
    }
  });

  it.each(LOOKS)('has no fault that axe finds, and has its picture taken: $name', async (look) => {
    const [ann, bob, window] = await open();
    await window.look(look);
    expect(await window.violations()).toEqual([]);
    await ann.toggle();
    await bob.toggle();
    await ann.press();
    await bob.press();
    await ann.rename(0, 'Buy oat milk');
    await bob.rename(0, 'Buy two bottles');
    await ann.toggle();
    await window.until(() => ann.pending(), []);
    await bob.toggle();
    await window.until(async () => (await ann.conflicts()).length + (await bob.conflicts()).length, 2);
    await ann.lag(2);
    await ann.press();
    await ann.wire.locator('.packet[data-kind="push"]').first().waitFor();
    await window.picture(`lab-${look.name}`);
    expect(await window.violations()).toEqual([]);
    const { scrollWidth, innerWidth } = await window.page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      innerWidth: globalThis.innerWidth,
    }));
    expect(scrollWidth).toBeLessThanOrEqual(innerWidth);
  });

  it('moves nothing for those who want no movement', async () => {
    const [ann, , window] = await open();
    await window.page.emulateMedia({ reducedMotion: 'reduce' });
    await ann.lag(2);
    await ann.press();
    await ann.wire.locator('.packet').first().waitFor();
    expect(await window.page.evaluate(() => document.getAnimations().length)).toBe(0);
  });
});
