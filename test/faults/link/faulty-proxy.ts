import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Random } from '../../simulation/random';

/** What a proxy does to what goes through it, from now on. */
type Weather =
  | { readonly kind: 'clear' }
  /** Milliseconds that each piece waits; none overtakes another. */
  | { readonly kind: 'delay'; readonly time: number }
  /** So many bytes at once, every 10 ms. */
  | { readonly kind: 'throttle'; readonly bytes: number };

/** Passes connections on to a server, and does to them what networks do. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #weather: Weather = { kind: 'clear' };
  #refuses = false;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      if (this.#refuses) {
        near.destroy();
        return;
      }
      const pair = new Pair(near, connect(port, '127.0.0.1'), () => this.#weather);
      this.#pairs.add(pair);
      pair.ended.then(
        () => this.#pairs.delete(pair),
        () => undefined,
      );
    });
  }

  static async start(port: number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Does one thing at random to the network, and says what. */
  disturb(random: Random): string {
    const pairs = [...this.#pairs];
    const [pair] = pairs.length > 0 ? [random.pick(pairs)] : [];
    this.#refuses = false;
    this.#weather = { kind: 'clear' };
    switch (random.below(7)) {
      case 0:
        pair?.reset();
        return 'one connection is reset';
      case 1:
        pair?.cutWithin(1 + random.below(40));
        return 'one connection ends within a frame';
      case 2:
        pair?.halfOpen();
        return 'one connection hangs half open';
      case 3:
        this.#weather = { kind: 'delay', time: 20 + random.below(200) };
        return 'everything is late';
      case 4:
        this.#weather = { kind: 'throttle', bytes: 200 + random.below(2_000) };
        return 'the line is thin';
      case 5:
        this.#refuses = true;
        for (const each of pairs) each.reset();
        return 'the network is gone';
      default:
        return 'all is well';
    }
  }

  /** Nothing is wrong any more; half-open connections are found out and ended. */
  clear(): void {
    this.#refuses = false;
    this.#weather = { kind: 'clear' };
    for (const pair of this.#pairs) if (pair.isHalfOpen) pair.reset();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const pair of this.#pairs) pair.reset();
    await closed;
  }
}

/** The two halves of a connection. */
class Pair {
  readonly ended: Promise<unknown>;
  isHalfOpen = false;
  #cutAfter = Infinity;

  constructor(
    readonly near: Socket,
    readonly far: Socket,
    weather: () => Weather,
  ) {
    this.ended = Promise.race([once(near, 'close'), once(far, 'close')]);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!this.isHalfOpen) this.reset();
      });
    }
    this.#pass(near, far, weather);
    this.#pass(far, near, weather);
  }

  reset(): void {
    this.near.destroy();
    this.far.destroy();
  }

  /** The server hears no more of it, and the client is told nothing. */
  halfOpen(): void {
    this.isHalfOpen = true;
    this.far.destroy();
  }

  /** Ends after so many bytes more of either side. */
  cutWithin(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** Piece by piece, the next when the one before has gone: what the reader does not take, the writer must keep. */
  #pass(from: Socket, to: Socket, weather: () => Weather): void {
    from.on('data', (chunk: Buffer) => {
      from.pause();
      this.#send(chunk, to, weather(), () => from.resume());
    });
  }

  #send(chunk: Buffer, to: Socket, weather: Weather, done: () => void): void {
    if (this.isHalfOpen || to.destroyed) return done();
    if (this.#cutAfter < Infinity) {
      const part = chunk.subarray(0, this.#cutAfter);
      this.#cutAfter -= part.length;
      if (this.#cutAfter > 0) to.write(part, done);
      else to.write(part, () => this.reset());
      return;
    }
    if (weather.kind === 'delay') {
      setTimeout(() => to.write(chunk, () => done()), weather.time);
      return;
    }
    const bytes = weather.kind === 'throttle' ? weather.bytes : chunk.length;
    to.write(chunk.subarray(0, bytes), () => {
      if (bytes >= chunk.length) done();
      else setTimeout(() => this.#send(chunk.subarray(bytes), to, weather, done), 10);
    });
  }
}
