import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import type { ClientModule } from '../faces/client';
import { untilThere } from './until-there';
import { clientOf } from './yjs-docs';

export const connect: ClientModule['connect'] = async (url) => {
  const doc = new Doc();
  const provider = new WebsocketProvider(url, 'bench', doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
  });
  await new Promise<void>((synced) => provider.once('sync', () => synced()));
  // Nothing acknowledges a write: it counts as settled when it has left the process.
  const settled = async (): Promise<void> => {
    while ((provider.ws?.bufferedAmount ?? 0) > 0) await turn();
  };
  return clientOf(
    doc,
    settled,
    (size) => untilThere(connect, url, size),
    () => provider.destroy(),
  );
};
