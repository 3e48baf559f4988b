import { openAtomSync, syncedAtom } from '@atomsync/client';
import { decodeDown, encodeUp, SUBPROTOCOL } from '@atomsync/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import { ServerProcess } from '../../support/server-process';

/** What a crowd cost. Times in milliseconds, sizes in megabytes. */
export interface LoadFigures {
  readonly connections: number;
  /** From a restart until all were back and caught up, all at once. */
  readonly stormTime: number;
  /** The server's memory with the crowd there, after the storm, and the most of it with readers that do not read. */
  readonly memory: { readonly crowd: number; readonly storm: number; readonly deaf: number } | undefined;
  /** Of another client's writes: in the crowd, within the storm, while one floods the server and some read nothing. */
  readonly latency: { readonly crowd: number; readonly storm: number; readonly flood: number };
  /** What was not as promised. */
  readonly violations: readonly string[];
}

/** Bytes of a doc that readers who do not read are sent again and again. */
const LARGE = 100_000;
/** How many that is, at least: several times what may wait for all of them. */
const LARGE_WRITES = 120;
const DEAF = 10;
/** What the server may take more for those who do not read; each may have a few megabytes wait. */
const DEAF_MEMORY = 600;

/** Many connections to a real server, on this machine. */
export async function load(
  connections: number,
  progress: (line: string) => void = () => undefined,
): Promise<LoadFigures> {
  const server = await ServerProcess.start();
  const crowd = new Crowd(server.url);
  const sync = openAtomSync('writer', { server: server.url });
  const atom = syncedAtom<unknown>(sync, 'g');
  const violations: string[] = [];
  const write = async (key: string, value: unknown = 1): Promise<number> => {
    const began = performance.now();
    atom.put(key, value);
    await atom.settled();
    return performance.now() - began;
  };
  try {
    await atom.ready();
    await write('first');
    await crowd.join(connections);
    progress(`${connections} connections follow`);
    const inCrowd = median(await repeat(20, (i) => write(`crowd ${i % 5}`, i)));
    const memoryOfCrowd = memory(server);

    const back = crowd.comeBack().then(() => performance.now());
    await server.end('SIGTERM');
    await server.restart();
    const began = performance.now();
    const inStorm = median(await repeat(10, (i) => write(`storm ${i % 5}`, i)));
    const stormTime = (await back) - began;
    progress(`all are back after ${Math.round(stormTime)} ms`);
    const memoryAfterStorm = memory(server);

    crowd.leave();
    const deaf = new Crowd(server.url);
    await deaf.join(DEAF);
    deaf.stopReading();
    const flood = new Crowd(server.url);
    await flood.join(1);
    let most = memoryAfterStorm ?? 0;
    const latencies: number[] = [];
    const body = 'x'.repeat(LARGE);
    for (let i = 0; i < LARGE_WRITES; i++) {
      flood.say(50);
      latencies.push(await write(`large ${i % 3}`, `${i}${body}`));
      most = Math.max(most, memory(server) ?? 0);
    }
    deaf.leave();
    flood.leave();
    if (memoryAfterStorm !== undefined && most - memoryAfterStorm > DEAF_MEMORY)
      violations.push(`${DEAF} readers that read nothing took ${Math.round(most - memoryAfterStorm)} MB`);
    return {
      connections,
      stormTime,
      memory:
        memoryOfCrowd === undefined || memoryAfterStorm === undefined
          ? undefined
          : { crowd: memoryOfCrowd, storm: memoryAfterStorm, deaf: most },
      latency: { crowd: inCrowd, storm: inStorm, flood: median(latencies) },
      violations,
    };
  } finally {
    crowd.leave();
    await sync.close();
    await server.dispose();
  }
}

/** As a line for people. */
export function describeLoad({ connections, stormTime, memory: taken, latency }: LoadFigures): string {
  const ms = (time: number): string => `${Math.round(time)} ms`;
  const size = taken
    ? `, server ${Math.round(taken.crowd)} MB, ${Math.round(taken.storm)} MB after the storm, ${Math.round(taken.deaf)} MB with ${DEAF} deaf readers`
    : '';
  return (
    `${connections} connections; all back ${ms(stormTime)} after a restart; a write takes ${ms(latency.crowd)} in the crowd, ` +
    `${ms(latency.storm)} in the storm, ${ms(latency.flood)} beside a flood and deaf readers${size}`
  );
}

async function repeat(times: number, act: (i: number) => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let i = 0; i < times; i++) results.push(await act(i));
  return results;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Megabytes; known on Linux alone. */
function memory({ pid }: ServerProcess): number | undefined {
  const file = `/proc/${pid}/statm`;
  if (pid === undefined || !existsSync(file)) return undefined;
  return (Number(readFileSync(file, 'utf8').split(' ')[1]) * 4096) / 1e6;
}

/** Connections that follow a group and do nothing else. */
class Crowd {
  #sockets: WebSocket[] = [];
  #ids = 0;

  constructor(private readonly url: string) {}

  /** Resolves when so many have caught up. */
  async join(count: number): Promise<void> {
    const before = this.#sockets.length;
    // As many at once as the kernel keeps waiting.
    for (let left = count; left > 0; left -= 200)
      await Promise.all(Array.from({ length: Math.min(200, left) }, () => this.#follow()));
    if (this.#sockets.length !== before + count) throw new Error('Some of the crowd are gone.');
  }

  /** Once the server has gone, all come back at once, and again where they are refused. Resolves when all have. */
  async comeBack(): Promise<void> {
    const gone = this.#sockets;
    this.#sockets = [];
    await Promise.all(
      gone.map(async (socket) => {
        await new Promise((done) => socket.once('close', done));
        while (!(await this.#follow().catch(() => false))) await wait(50 + Math.random() * 200);
      }),
    );
  }

  stopReading(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Says so many things that nobody needs. */
  say(count: number): void {
    const ping = encodeUp({ type: 'ping' });
    for (const socket of this.#sockets)
      for (let i = 0; i < count; i++) if (socket.readyState === WebSocket.OPEN) socket.send(ping);
  }

  leave(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets = [];
  }

  #follow(): Promise<boolean> {
    return new Promise((done, failed) => {
      const socket = new WebSocket(this.url, SUBPROTOCOL);
      socket.binaryType = 'nodebuffer';
      socket.on('open', () => {
        const clientId = `crowd-${process.pid}-${++this.#ids}-${Math.random().toString(36).slice(2)}`;
        socket.send(encodeUp({ type: 'hello', clientId }));
        socket.send(encodeUp({ type: 'subscribe', group: 'g', lines: [] }));
      });
      socket.on('error', failed);
      socket.on('close', () => {
        failed(new Error('The connection was closed.'));
      });
      const listen = (frame: Buffer): void => {
        const message = decodeDown(frame);
        if (message.type !== 'changes' || message.cursor === undefined) return;
        socket.off('message', listen);
        this.#sockets.push(socket);
        done(true);
      };
      socket.on('message', listen);
    });
  }
}
