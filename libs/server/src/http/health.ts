import type { RequestListener } from 'node:http';
import type { SyncHub } from '../hub';
import { plainRoute, type Plain } from './plain-route';

/** How the server is, as far as health goes. */
export interface Healthy {
  readonly hub: SyncHub;
  status(): { readonly status: 'ok' | 'closed' };
}

/** `path`, `path/live` (the process answers) and `path/ready` (the store does too, and takes writes). */
export function healthRoutes(
  path: string,
  sync: Healthy,
  details: () => Readonly<Record<string, unknown>>,
): [string, RequestListener][] {
  const ready = async (): Promise<Plain> => {
    const { status, ...rest } = sync.status();
    const store = status === 'ok' ? await storeAnswers(sync.hub) : false;
    const isReady = status === 'ok' && store;
    return json(isReady ? 200 : 503, {
      status: isReady || status !== 'ok' ? status : 'store unavailable',
      ...rest,
      ...details(),
    });
  };
  return [
    [path, plainRoute(ready)],
    [`${path}/ready`, plainRoute(ready)],
    [`${path}/live`, plainRoute(() => json(200, { status: 'ok' }))],
  ];
}

const storeAnswers = (hub: SyncHub): Promise<boolean> =>
  hub.look('health', []).then(
    () => true,
    () => false,
  );

const json = (status: number, message: object): Plain => ({
  status,
  type: 'application/json',
  body: JSON.stringify(message),
});
