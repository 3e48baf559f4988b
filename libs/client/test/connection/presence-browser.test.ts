import { browserPresence } from '../../src/connection/presence-browser';
import { platformPresence as inBrowsers } from '../../src/platform.browser';
import { platformPresence as inNode } from '../../src/platform';

class Page extends EventTarget {
  visibilityState = 'visible';
}

class Window extends EventTarget {
  readonly navigator: { onLine?: boolean } = { onLine: true };
  readonly document = new Page();
}

const setUp = () => {
  const window = new Window();
  const presence = browserPresence(window);
  const said: string[] = [];
  const subscription = presence.signals$.subscribe((signal) => said.push(signal));
  return { window, presence, said, subscription };
};

const cached = (type: string, persisted: boolean): Event => Object.assign(new Event(type), { persisted });

describe('presence in a browser', () => {
  it('tells of the network', () => {
    const { window, presence, said } = setUp();
    expect(presence.isOnline()).toBe(true);
    window.navigator.onLine = false;
    window.dispatchEvent(new Event('offline'));
    expect(presence.isOnline()).toBe(false);
    window.navigator.onLine = true;
    window.dispatchEvent(new Event('online'));
    expect(said).toEqual(['offline', 'online']);
  });

  it('takes a browser that has no word on the network for one that is online', () => {
    const { window, presence } = setUp();
    delete window.navigator.onLine;
    expect(presence.isOnline()).toBe(true);
  });

  it('tells of a page that comes into sight, not of one that goes', () => {
    const { window, said } = setUp();
    window.document.visibilityState = 'hidden';
    window.document.dispatchEvent(new Event('visibilitychange'));
    expect(said).toEqual([]);
    window.document.visibilityState = 'visible';
    window.document.dispatchEvent(new Event('visibilitychange'));
    expect(said).toEqual(['awake']);
  });

  it('tells of freezing and going on', () => {
    const { window, said } = setUp();
    window.document.dispatchEvent(new Event('freeze'));
    window.document.dispatchEvent(new Event('resume'));
    expect(said).toEqual(['frozen', 'awake']);
  });

  it('tells of the back-forward cache, not of loading and unloading', () => {
    const { window, said } = setUp();
    window.dispatchEvent(cached('pageshow', false));
    window.dispatchEvent(cached('pagehide', false));
    expect(said).toEqual([]);
    window.dispatchEvent(cached('pagehide', true));
    window.dispatchEvent(cached('pageshow', true));
    expect(said).toEqual(['frozen', 'awake']);
  });

  it('works in a worker, which has no document', () => {
    const worker = Object.assign(new EventTarget(), { navigator: { onLine: true } });
    const said: string[] = [];
    browserPresence(worker).signals$.subscribe((signal) => said.push(signal));
    worker.dispatchEvent(new Event('online'));
    expect(said).toEqual(['online']);
  });

  it('listens to nothing once nobody listens to it', () => {
    const { window, said, subscription } = setUp();
    subscription.unsubscribe();
    window.dispatchEvent(new Event('online'));
    window.document.dispatchEvent(new Event('freeze'));
    expect(said).toEqual([]);
  });
});

describe('presence where there is no browser', () => {
  it.each([
    ['of a page rendered on a server', inBrowsers],
    ['of Node', inNode],
  ])('%s says nothing and stands in no way', (_, platformPresence) => {
    const said: string[] = [];
    platformPresence().signals$.subscribe((signal) => said.push(signal));
    expect(said).toEqual([]);
    expect(platformPresence().isOnline()).toBe(true);
  });
});
