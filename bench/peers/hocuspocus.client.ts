import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import { Doc } from 'yjs';
import type { ClientModule } from '../faces/client';
import { clientOf } from './yjs-docs';

export const connect: ClientModule['connect'] = async (url) => {
  const doc = new Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name: 'bench', document: doc });
  provider.attach();
  await new Promise<void>((synced) => {
    if (provider.isSynced) synced();
    else provider.on('synced', () => synced());
  });
  const settled = (): Promise<void> =>
    new Promise((done) => {
      if (!provider.hasUnsyncedChanges) return done();
      const hear = (): void => {
        if (provider.hasUnsyncedChanges) return;
        provider.off('unsyncedChanges', hear);
        done();
      };
      provider.on('unsyncedChanges', hear);
    });
  return clientOf(doc, settled, settled, () => provider.destroy());
};
