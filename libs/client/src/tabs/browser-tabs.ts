import { fromEvent, map, Observable } from 'rxjs';
import type { TabPlatform } from './tab-platform';

/** Web Locks and BroadcastChannel; `undefined` where one of them is missing, and each tab is on its own. */
export function browserTabs(): TabPlatform | undefined {
  if (typeof navigator === 'undefined' || !('locks' in navigator) || !('BroadcastChannel' in globalThis)) {
    return undefined;
  }
  return { lock: webLock, channel: broadcastChannel, isHidden };
}

const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden';

function webLock(name: string, steal: boolean): Observable<void> {
  return new Observable((subscriber) => {
    const waiting = new AbortController();
    let release = (): void => undefined;
    const held = (): Promise<void> =>
      new Promise((resolve) => {
        release = resolve;
        if (subscriber.closed) resolve();
        else subscriber.next();
      });
    const ended = (): void => {
      subscriber.complete();
    };
    navigator.locks.request(name, steal ? { steal } : { signal: waiting.signal }, held).then(ended, ended);
    return () => {
      waiting.abort();
      release();
    };
  });
}

function broadcastChannel(name: string): ReturnType<TabPlatform['channel']> {
  const channel = new BroadcastChannel(name);
  return {
    messages$: fromEvent<MessageEvent<unknown>>(channel, 'message').pipe(map(({ data }) => data)),
    post: (message) => {
      channel.postMessage(message);
    },
    close: () => {
      channel.close();
    },
  };
}
