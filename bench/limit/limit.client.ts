import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { BenchDoc, ClientModule, Traffic } from '../contender';
import { docsOf, FrameWriter } from './frame';

/** Docs of one frame: enough to spread the cost of a commit, few enough that the server begins early. */
const BATCH = 1000;

export const connect: ClientModule['connect'] = async (url) => {
  const traffic: Traffic = { framesUp: 0, framesDown: 0, bytesUp: 0, bytesDown: 0 };
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const docs = new Map<string, BenchDoc>();
  const watches = new Map<string, (doc: BenchDoc) => void>();
  const writer = new FrameWriter();
  let hearSize: (size: number) => void = () => undefined;
  let unstored = 0;
  let settle: () => void = () => undefined;

  const send = (): void => {
    if (writer.count === 0) return;
    const frame = writer.take();
    traffic.framesUp++;
    traffic.bytesUp += frame.length;
    socket.send(frame);
  };

  socket.on('message', (frame: Buffer) => {
    traffic.framesDown++;
    traffic.bytesDown += frame.length;
    if (frame.length === 4) {
      unstored -= frame.readUInt32LE();
      if (unstored === 0) settle();
      return;
    }
    for (const [keyBytes, body] of docsOf(frame)) {
      const key = keyBytes.toString();
      const doc = JSON.parse(body.toString()) as BenchDoc;
      docs.set(key, doc);
      watches.get(key)?.(doc);
    }
    hearSize(docs.size);
  });
  await once(socket, 'open');

  return {
    traffic,
    write: (key, doc) => {
      unstored++;
      if (writer.count === 0) queueMicrotask(send);
      docs.set(key, doc);
      writer.add(key, JSON.stringify(doc));
      if (writer.count === BATCH) send();
    },
    settled: () =>
      new Promise((done) => {
        if (unstored === 0) done();
        else settle = done;
      }),
    onDoc: (key, hear) => {
      watches.set(key, hear);
    },
    onSize: (hear) => {
      hearSize = hear;
    },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
};
