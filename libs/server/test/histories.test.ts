import type { DownMessage, FinalResult, Result } from '@atomsync/protocol';
import { VirtualTimeScheduler } from 'rxjs';
import type { StoreWriter } from '../src/store/commit-store';
import { MemoryCommitStore } from '../src/store/memory-commit-store';
import { connect, cursorOf, mutation, openHub, pushOf, put, settle, subscribe } from './support/world';

const resultsOf = (messages: readonly DownMessage[]): Result[] =>
  messages.flatMap((message) => (message.type === 'pushed' ? message.results : []));
const last = (messages: readonly DownMessage[], type: DownMessage['type']) =>
  messages.filter((message) => message.type === type).at(-1);
const docsOf = (messages: readonly DownMessage[]) =>
  messages.flatMap((message) => (message.type === 'changes' ? message.docs : []));
const linesOf = (messages: readonly DownMessage[]) =>
  messages.flatMap((message) => (message.type === 'changes' ? message.lines : []));

/** A memory store whose next transactions wait, or fail, as told. */
class HeldStore extends MemoryCommitStore {
  #gate: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  fails = false;

  hold(): void {
    this.#gate = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  override write<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return super.write(async (writer) => {
      const result = await work(writer);
      await this.#gate;
      if (this.fails) throw new Error('disk full');
      return result;
    });
  }
}

test('2. Half-open socket: a push from a dead socket and the catch-up of the new one agree on what was committed', async () => {
  const store = new HeldStore();
  const hub = await openHub({ store });
  const dead = await connect(hub, 'a');
  await subscribe(dead);
  store.hold();
  dead.say(pushOf('a', 0, [mutation(1, [put('k', 'five')])]));
  await settle();

  const fresh = await connect(hub, 'a');
  expect(dead.closed).toEqual({ code: 4410, reason: 'REPLACED' });
  expect(fresh.take()).toMatchObject([{ type: 'welcome' }]);
  fresh.say({ type: 'subscribe', group: 'g', lines: [] });
  await settle();
  expect(fresh.take()).toEqual([]);

  store.release();
  await settle();
  const caughtUp = fresh.take();
  const accepted: FinalResult = { number: 1, kind: 'accepted', version: 1 };
  expect(linesOf(caughtUp)).toEqual([{ clientId: 'a', last: 1, results: [accepted] }]);
  expect(docsOf(caughtUp)).toMatchObject([{ key: 'k', version: 1 }]);
  expect(last(caughtUp, 'commits')).toBeUndefined();
});

test('2. Half-open socket: what still waits of the dead socket is dropped, and counted as never tried', async () => {
  const store = new HeldStore();
  const hub = await openHub({ store });
  const dead = await connect(hub, 'a');
  const other = await connect(hub, 'b');
  await subscribe(dead);
  await subscribe(other);
  store.hold();
  other.say(pushOf('b', 0, [mutation(1, [put('b', 1)])]));
  await settle();
  dead.say(pushOf('a', 0, [mutation(1, [put('a', 1)])]));
  await settle();

  const fresh = await connect(hub, 'a');
  fresh.say({ type: 'subscribe', group: 'g', lines: [] });
  store.release();
  await settle();
  expect(linesOf(fresh.take())).toEqual([{ clientId: 'a', last: 0, results: [] }]);
  fresh.say(pushOf('a', 1, [mutation(1, [put('a', 1)])]));
  await settle();
  expect(resultsOf(fresh.take())).toEqual([{ number: 1, kind: 'accepted', version: 2 }]);
});

test('2. Half-open socket: one that holds an older line of the same client is closed when that line is named', async () => {
  const hub = await openHub();
  const frozen = await connect(hub, 'old');
  const stranger = await connect(hub, 'theirs', 'mallory');
  const taker = await connect(hub, 'new');
  await subscribe(taker, { lines: ['old', 'theirs'] });
  expect(frozen.closed).toMatchObject({ code: 4410 });
  expect(stranger.closed).toBeUndefined();
});

test('4. Lost answer, then more writes: each counts once', async () => {
  const hub = await openHub();
  const a = await connect(hub, 'a');
  await subscribe(a);
  const writes = [1, 2, 3, 4, 5].map((number) => mutation(number, [put(`k${number}`, number)]));
  a.say(pushOf('a', 0, writes.slice(0, 3)));
  await settle();
  const first = resultsOf(a.take());

  const again = await connect(hub, 'a');
  const caughtUp = await subscribe(again);
  expect(linesOf(caughtUp)).toEqual([{ clientId: 'a', last: 3, results: first }]);
  again.say(pushOf('a', cursorOf(caughtUp).version, writes));
  await settle();
  expect(resultsOf(again.take())).toEqual([
    ...first,
    { number: 4, kind: 'accepted', version: 4 },
    { number: 5, kind: 'accepted', version: 5 },
  ]);
});

test('4. Lost answer: answers are kept until they are seen, and the numbers stay used after that', async () => {
  const hub = await openHub();
  const a = await connect(hub, 'a');
  await subscribe(a);
  a.say(
    pushOf(
      'a',
      0,
      [1, 2, 3].map((number) => mutation(number, [put(`k${number}`, number)])),
    ),
  );
  await settle();
  a.say({ type: 'seen', group: 'g', clientId: 'a', number: 2, closed: false });
  await settle();
  expect(linesOf(await subscribe(a))).toEqual([
    { clientId: 'a', last: 3, results: [{ number: 3, kind: 'accepted', version: 3 }] },
  ]);
  a.say({ type: 'seen', group: 'g', clientId: 'a', number: 3, closed: true });
  a.say(pushOf('a', 3, [mutation(1, [put('k1', 'again')])]));
  a.say(pushOf('a', 3, [mutation(4, [put('k4', 'late')])]));
  await settle();
  const answers = a.take();
  expect(resultsOf(answers)).toMatchObject([{ number: 1, kind: 'refused', code: 'NUMBER_USED' }]);
  expect(last(answers, 'error')).toMatchObject({ code: 'LINE_CLOSED', group: 'g' });
});

test('6. Page border: a doc that moves between two pages comes with a later one, before the cursor', async () => {
  const scheduler = new VirtualTimeScheduler();
  const hub = await openHub({ scheduler, page: { maxDocs: 1, maxBytes: 1000 }, maxBuffered: 10 });
  const b = await connect(hub, 'b');
  await subscribe(b);
  b.say(pushOf('b', 0, [mutation(1, [put('j', 10), put('k', 10)])]));
  await settle();
  const a = await connect(hub, 'a');
  a.take();

  a.stuckAfter('changes');
  a.say({ type: 'subscribe', group: 'g', lines: [] });
  await settle();
  const first = a.take();
  expect(docsOf(first)).toMatchObject([{ key: 'j', version: 1 }]);
  expect(first).toHaveLength(1);
  b.say(pushOf('b', 1, [mutation(2, [put('k', 200)])]));
  await settle();
  expect(a.take()).toEqual([]);

  a.stuck = 0;
  scheduler.flush();
  await settle();
  const rest = a.take();
  expect(docsOf(rest)).toMatchObject([{ key: 'k', version: 2 }]);
  expect(cursorOf(rest).version).toBe(2);
  expect(last(rest, 'commits')).toBeUndefined();
});

test('6. Page border: a doc deleted between two pages of a first load comes as deleted', async () => {
  const scheduler = new VirtualTimeScheduler();
  const hub = await openHub({ scheduler, page: { maxDocs: 1, maxBytes: 1000 }, maxBuffered: 10 });
  const b = await connect(hub, 'b');
  await subscribe(b);
  b.say(
    pushOf('b', 0, [mutation(1, [put('j', 1)]), mutation(2, [put('k', 1)]), mutation(3, [put('gone', 1)])]),
  );
  b.say(pushOf('b', 3, [mutation(4, [{ kind: 'delete', key: 'gone' }])]));
  await settle();
  const a = await connect(hub, 'a');
  a.take();
  a.stuckAfter('changes');
  a.say({ type: 'subscribe', group: 'g', lines: [] });
  await settle();
  b.say(pushOf('b', 4, [mutation(5, [{ kind: 'delete', key: 'j' }])]));
  await settle();
  a.stuck = 0;
  scheduler.flush();
  await settle();
  const docs = docsOf(a.take()).map(({ key, body }) => [key, body !== undefined]);
  expect(docs).toEqual([
    ['j', true],
    ['k', true],
    ['j', false],
  ]);
});

test('7. Filtered feed: no gap, no pull, and nothing of the others', async () => {
  const hub = await openHub();
  const writer = await connect(hub, 'w');
  const follower = await connect(hub, 'f');
  await subscribe(writer);
  await subscribe(follower, { prefix: 'a:' });
  const write = async (base: number, number: number, key: string) => {
    writer.say(pushOf('w', base, [mutation(number, [put(key, number), put(`b:${number}`, 'secret')])]));
    await settle();
  };
  await write(0, 1, 'a:1');
  await write(1, 2, 'b:x');
  await write(2, 3, 'a:3');
  const frames = follower.take();
  expect(frames).toMatchObject([
    { type: 'commits', from: 0, to: 1, commits: [{ version: 1, changes: [{ key: 'a:1' }] }] },
    { type: 'commits', from: 1, to: 3, commits: [{ version: 3, changes: [{ key: 'a:3' }] }] },
  ]);
  expect(JSON.stringify(frames)).not.toContain('b:');
  follower.say({ type: 'ping' });
  await settle();
  expect(follower.take()).toEqual([{ type: 'pong', heads: new Map([['g', 3]]) }]);
});

test('9. Backup copied over the file: a cursor of the lost life is told to resync, also at a version reached again', async () => {
  const life = async (store: MemoryCommitStore, commits: number, from = 0) => {
    const hub = await openHub({ store });
    const link = await connect(hub, `writer ${hub.epoch.id}`);
    const head = cursorOf(await subscribe(link)).version;
    const writes = Array.from({ length: commits }, (_, i) =>
      mutation(i + 1, [put(`k${from + i}`, hub.epoch.id)]),
    );
    link.say(pushOf(`writer ${hub.epoch.id}`, head, writes));
    await settle();
    return { hub, cursor: cursorOf(await subscribe(link)) };
  };
  const store = new MemoryCommitStore();
  const first = await life(store, 8);
  await first.hub.close();
  const backup = store.copy();
  // The epoch was in the backup, and went on after it.
  const lost = { ...first.cursor, version: 10 };
  expect((await life(store.copy(), 4)).cursor.version).toBe(12);

  const restored = await life(backup, 4, 100);
  const a = await connect(restored.hub, 'a');
  const told = await subscribe(a, { cursor: lost });
  expect(told[0]).toEqual({ type: 'resync', group: 'g', reason: 'epoch' });
  expect(told[1]).toMatchObject({ type: 'changes', from: 0 });
  expect(docsOf(told)).toHaveLength(12);
  expect(await subscribe(a, { cursor: first.cursor })).toMatchObject([{ type: 'changes', from: 8 }]);
});

test('10. Phantom: nobody sees what a failed transaction would have written', async () => {
  const store = new HeldStore();
  const faults: unknown[] = [];
  const hub = await openHub({ store, onFault: (error) => faults.push(error) });
  const a = await connect(hub, 'a');
  await subscribe(a);
  a.say(pushOf('a', 0, [mutation(1, [put('k', 'kept')])]));
  await settle();
  a.take();

  store.hold();
  store.fails = true;
  a.say(pushOf('a', 1, [mutation(2, [put('k', 'phantom')])]));
  await settle();
  const b = await connect(hub, 'b');
  b.take();
  b.say({ type: 'subscribe', group: 'g', lines: [] });
  await settle();
  expect(b.take()).toEqual([]);
  store.release();
  await settle();

  expect(a.take()).toMatchObject([{ type: 'error', code: 'RETRY_LATER', retryable: true, group: 'g' }]);
  const page = b.take();
  expect(docsOf(page)).toMatchObject([{ key: 'k', version: 1 }]);
  expect(faults).toHaveLength(1);

  store.fails = false;
  a.say(pushOf('a', 1, [mutation(2, [put('k', 'at last')])]));
  await settle();
  expect(resultsOf(a.take())).toEqual([{ number: 2, kind: 'accepted', version: 2 }]);
  expect(b.take()).toMatchObject([{ type: 'commits', from: 1, to: 2 }]);
});

test('12. Delete and purge: a cursor and a push from before the purge are answered with everything there is', async () => {
  const hub = await openHub();
  const b = await connect(hub, 'b');
  const old = cursorOf(await subscribe(b));
  b.say(
    pushOf('b', 0, [mutation(1, [put('k', 1), put('l', 1)]), mutation(2, [{ kind: 'delete', key: 'k' }])]),
  );
  await settle();
  expect(await hub.purge('g', 2)).toBe(1);

  const a = await connect(hub, 'a');
  const told = await subscribe(a, { cursor: old });
  expect(told).toMatchObject([
    { type: 'resync', reason: 'purged' },
    { type: 'changes', from: 0, docs: [{ key: 'l' }] },
  ]);
  a.say(pushOf('a', 0, [mutation(1, [put('k', 'risen')])]));
  await settle();
  expect(a.take()).toMatchObject([
    { type: 'resync', reason: 'purged' },
    { type: 'pushed', results: [] },
    { type: 'changes', from: 0, docs: [{ key: 'l' }] },
  ]);
});

test('13. Poison: a refused mutation uses its number up, and those behind it go through', async () => {
  const hub = await openHub({
    auth: {
      authenticate: () => ({ id: 'alice' }),
      authorize: ({ after }) => after !== 'poison',
    },
  });
  const a = await connect(hub, 'a');
  await subscribe(a);
  a.say(
    pushOf('a', 0, [
      mutation(1, [put('k', 'poison')]),
      mutation(2, [put('l', 'fine')]),
      mutation(3, [put('k', 'made on top of the poison')]),
      mutation(4, [put('m', 'fine')]),
    ]),
  );
  await settle();
  expect(resultsOf(a.take())).toMatchObject([
    { number: 1, kind: 'refused', code: 'FORBIDDEN' },
    { number: 2, kind: 'accepted', version: 1 },
    { number: 3, kind: 'stale', version: 1, docs: [] },
  ]);
  a.say(pushOf('a', 1, [mutation(3, [put('k', 'made anew')]), mutation(4, [put('m', 'fine')])]));
  await settle();
  expect(resultsOf(a.take())).toMatchObject([{ version: 2 }, { version: 3 }]);
  a.say(pushOf('a', 3, [mutation(1, [put('k', 'fine now')])]));
  await settle();
  expect(resultsOf(a.take())).toMatchObject([{ number: 1, kind: 'refused', code: 'FORBIDDEN' }]);
});

test('13. Poison: a body that is no value is refused alone, and what may be made on it is tried again', async () => {
  const hub = await openHub();
  const a = await connect(hub, 'a');
  await subscribe(a);
  const broken = { kind: 'put', key: 'k', schemaVersion: 1, body: Uint8Array.of(0xff) } as const;
  a.say(pushOf('a', 0, [mutation(1, [broken]), mutation(2, [put('k', 1)])]));
  await settle();
  expect(resultsOf(a.take())).toMatchObject([{ number: 1, kind: 'refused', code: 'MALFORMED' }]);
  a.say(pushOf('a', 0, [mutation(2, [put('k', 1)])]));
  await settle();
  expect(resultsOf(a.take())).toMatchObject([{ number: 2, kind: 'accepted' }]);
});

test('17. Absent doc: of two that create a doc, one is first and the other is stale with that doc in hand', async () => {
  const hub = await openHub();
  const [a, b] = [await connect(hub, 'a'), await connect(hub, 'b')];
  await subscribe(a);
  await subscribe(b);
  a.say(pushOf('a', 0, [mutation(1, [put('k', 'a')])]));
  b.say(pushOf('b', 0, [mutation(1, [put('k', 'b')]), mutation(2, [put('other', 'b')])]));
  await settle();
  expect(resultsOf(a.take())).toMatchObject([{ kind: 'accepted' }]);
  expect(resultsOf(b.take())).toMatchObject([
    { number: 1, kind: 'stale', version: 1, docs: [{ key: 'k', version: 1 }] },
  ]);
  b.say(pushOf('b', 1, [mutation(1, [put('k', 'a, then b')]), mutation(2, [put('other', 'b')])]));
  await settle();
  expect(resultsOf(b.take())).toMatchObject([{ version: 2 }, { version: 3 }]);
});
