import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { BenchDoc } from '../contender';
import type { Traffic } from '../faces/client';
import type { FeedModule } from '../faces/feed';
import type { KeptClient, KeptModule, KeptOptions } from '../faces/kept';
import { decodeBody, encodeBody } from './body';
import { readDump, writeDump } from './dump';
import { docsOf, FrameWriter } from './frame';

/** Docs of one frame: enough to spread the cost of a commit, few enough that the server begins early. */
const BATCH = 1000;
/** Of its folder. */
const FILE = 'docs.cbor';

export const connect = (async (url, options = {}) => {
  const client = new LimitClient(url, options);
  await client.join();
  return client;
}) satisfies KeptModule['connect'];

export const reopen: KeptModule['reopen'] = async (folder) =>
  new Map(readDump(await readFile(join(folder, FILE))).docs);

export const follow: FeedModule['follow'] = async (url, hear) => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (frame: Buffer) => {
    for (const [, body] of docsOf(frame)) hear(decodeBody<BenchDoc>(body));
  });
  await once(socket, 'open');
};

class LimitClient implements KeptClient {
  readonly traffic: Traffic = { framesUp: 0, framesDown: 0, bytesUp: 0, bytesDown: 0 };
  readonly #docs = new Map<string, BenchDoc>();
  readonly #watches = new Map<string, (doc: BenchDoc) => void>();
  readonly #writer = new FrameWriter();
  #socket: WebSocket | undefined;
  #version = 0;
  #unstored = 0;
  #settle: () => void = () => undefined;
  #hearSize: (size: number) => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly options: KeptOptions,
  ) {}

  back(): void {
    void this.join();
  }

  /** Resolves when the dump has been taken. */
  async join(): Promise<void> {
    const socket = new WebSocket(`${this.url}/?since=${this.#version}`, { perMessageDeflate: false });
    this.#socket = socket;
    const caughtUp = new Promise<void>((done) => {
      socket.once('message', (dump: Buffer) => {
        this.#take(dump, () => {
          const { version, docs } = readDump<BenchDoc>(dump);
          for (const [key, doc] of docs) this.#put(key, doc);
          this.#version = version;
        });
        socket.on('message', (frame: Buffer) => this.#hear(frame));
        done();
      });
    });
    await once(socket, 'open');
    await caughtUp;
  }

  async away(): Promise<void> {
    const closed = once(this.#socket!, 'close');
    this.#socket!.close();
    await closed;
  }

  write(key: string, doc: BenchDoc): void {
    this.#unstored++;
    if (this.#writer.count === 0) queueMicrotask(() => this.#send());
    this.#docs.set(key, doc);
    this.#writer.add(key, encodeBody(doc));
    if (this.#writer.count === BATCH) this.#send();
  }

  fill(docs: readonly (readonly [string, object])[]): Promise<void> {
    for (const [key, doc] of docs) this.write(key, doc as BenchDoc);
    return this.settled();
  }

  settled(): Promise<void> {
    return new Promise((done) => {
      if (this.#unstored === 0) done();
      else this.#settle = done;
    });
  }

  onDoc(key: string, hear: (doc: BenchDoc) => void): void {
    this.#watches.set(key, hear);
  }

  onSize(hear: (size: number) => void): void {
    this.#hearSize = hear;
    hear(this.#docs.size);
  }

  docs(): Iterable<unknown> {
    return this.#docs.values();
  }

  async kept(): Promise<void> {
    const { folder } = this.options;
    if (folder === undefined) return;
    await writeFile(join(folder, FILE), writeDump(this.#version, pairsOf(this.#docs)));
  }

  close(): Promise<void> {
    return this.away();
  }

  #hear(frame: Buffer): void {
    if (frame.length === 4) {
      this.#count(frame);
      const stored = frame.readUInt32LE();
      this.#version += stored;
      this.#unstored -= stored;
      if (this.#unstored === 0) this.#settle();
      return;
    }
    this.#take(frame, () => {
      for (const [key, body] of docsOf(frame)) {
        this.#put(key.toString(), decodeBody(body));
        this.#version++;
      }
    });
  }

  #take(frame: Buffer, put: () => void): void {
    this.#count(frame);
    put();
    this.#hearSize(this.#docs.size);
  }

  #put(key: string, doc: BenchDoc): void {
    this.#docs.set(key, doc);
    this.#watches.get(key)?.(doc);
  }

  #count(frame: Buffer): void {
    this.traffic.framesDown++;
    this.traffic.bytesDown += frame.length;
    this.options.onFrame?.(frame);
  }

  #send(): void {
    if (this.#writer.count === 0) return;
    const frame = this.#writer.take();
    this.traffic.framesUp++;
    this.traffic.bytesUp += frame.length;
    this.#socket!.send(frame);
  }
}

function* pairsOf(docs: ReadonlyMap<string, object>): Generator<readonly [string, Buffer]> {
  for (const [key, doc] of docs) yield [key, encodeBody(doc)];
}
