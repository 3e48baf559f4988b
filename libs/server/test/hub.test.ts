import { DEFAULT_LIMITS, encodeUp, type DownMessage } from '@atomsync/protocol';
import { VirtualTimeScheduler } from 'rxjs';
import { StaticUsersAuth } from '../src/auth/static-users-auth';
import { Features } from '../src/features';
import { MemoryCommitStore } from '../src/store/memory-commit-store';
import { MemoryLink } from './support/memory-link';
import { connect, cursorOf, mutation, openHub, pushOf, put, settle, subscribe } from './support/world';

const last = (messages: readonly DownMessage[], type: DownMessage['type']) =>
  messages.filter((message) => message.type === type).at(-1);
const errorOf = (messages: readonly DownMessage[]) => messages.find(({ type }) => type === 'error');

describe('one push from one client to another', () => {
  it('is committed, broadcast to both, and acknowledged after the broadcast', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    const b = await connect(hub, 'b');
    expect(a.take()).toMatchObject([{ type: 'welcome', epoch: hub.epoch.id, time: 1_000_000 }]);
    expect(cursorOf(await subscribe(a)).version).toBe(0);
    await subscribe(b);

    a.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    await settle();

    const commits = { type: 'commits', group: 'g', from: 0, to: 1 };
    const result = { number: 1, kind: 'accepted', version: 1 };
    expect(a.take()).toMatchObject([commits, { type: 'pushed', clientId: 'a', results: [result] }]);
    expect(b.take()).toMatchObject([{ ...commits, commits: [{ version: 1, clientId: 'a', number: 1 }] }]);
    await hub.close();
  });

  it('is encoded once for all followers of a feed', async () => {
    const hub = await openHub();
    const links = await Promise.all(['a', 'b', 'c'].map((id) => connect(hub, id)));
    const sent: Uint8Array[] = [];
    for (const link of links) {
      await subscribe(link);
      const send = link.send.bind(link);
      link.send = (frame) => (sent.push(frame), send(frame));
    }
    links[0]!.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    await settle();
    expect(sent).toHaveLength(4);
    expect(new Set(sent).size).toBe(2);
  });

  it('shows a commit without changes on every feed, so that its author sees its number used', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a, { prefix: 'x:' });
    a.say(pushOf('a', 0, [mutation(1, [])]));
    await settle();
    expect(a.take()).toMatchObject([
      { type: 'commits', from: 0, to: 1, commits: [{ version: 1, number: 1, changes: [] }] },
      { type: 'pushed', results: [{ kind: 'accepted', version: 1 }] },
    ]);
  });

  it('leaves a gap in the numbers undone, whole', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a);
    a.say(pushOf('a', 0, [mutation(2, [put('k', 'v')])]));
    await settle();
    expect(a.take()).toMatchObject([{ type: 'error', code: 'MUTATION_GAP', group: 'g' }]);
    a.say(pushOf('a', 0, [mutation(1, [put('k', 'v')])]));
    await settle();
    expect(a.take()).toMatchObject([{ type: 'commits' }, { results: [{ number: 1, kind: 'accepted' }] }]);
  });
});

describe('the writer', () => {
  it('stores all that waits in one transaction, and writes each doc once', async () => {
    const store = new MemoryCommitStore();
    const saved: number[] = [];
    const write = store.write.bind(store);
    store.write = (work) =>
      write((writer) =>
        work({ ...writer, save: (writes) => (saved.push(writes.docs.length), writer.save(writes)) }),
      );
    const hub = await openHub({ store });
    const links = await Promise.all(['a', 'b', 'c'].map((id) => connect(hub, id)));
    for (const link of links) await subscribe(link);
    links.forEach((link, i) =>
      link.say(pushOf('abc'[i]!, 0, [mutation(1, [put('abc'[i]!, 1)]), mutation(2, [put('abc'[i]!, 2)])])),
    );
    await settle();
    expect(saved).toEqual([3]);
    const heads = links.map((link) =>
      link.take().flatMap((message) => (message.type === 'commits' ? message.to : [])),
    );
    expect(heads).toEqual([[6], [6], [6]]);
  });

  it('decides a second push of a line on what the first did, in the same transaction', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a);
    const twice = pushOf('a', 0, [mutation(1, [put('k', 1)])]);
    a.say(pushOf('a', 0, []));
    a.say(twice);
    a.say(twice);
    await settle();
    const results = a.take().flatMap((message) => (message.type === 'pushed' ? [message.results] : []));
    expect(results).toEqual([
      [],
      [{ number: 1, kind: 'accepted', version: 1 }],
      [{ number: 1, kind: 'accepted', version: 1 }],
    ]);
  });

  it('tells a push whose rights could not be looked up to try again, with what came before it kept', async () => {
    let down = true;
    const hub = await openHub({
      auth: {
        authenticate: () => ({ id: 'alice' }),
        authorize: ({ key }) => (key === 'slow' && down ? Promise.reject(new Error('no answer')) : true),
      },
    });
    const a = await connect(hub, 'a');
    await subscribe(a);
    const made = [mutation(1, [put('k', 1)]), mutation(2, [put('slow', 1)]), mutation(3, [put('l', 1)])];
    a.say(pushOf('a', 0, made));
    await settle();
    expect(a.take()).toMatchObject([
      { type: 'commits', to: 1 },
      { type: 'pushed', results: [{ number: 1, kind: 'accepted' }] },
      { type: 'error', code: 'RETRY_LATER', retryable: true, group: 'g' },
    ]);
    down = false;
    a.say(pushOf('a', 1, made.slice(1)));
    await settle();
    expect(a.take()).toMatchObject([
      { type: 'commits', to: 3 },
      { results: [{ version: 2 }, { version: 3 }] },
    ]);
  });

  it('takes no more of one connection than its bound', async () => {
    const hub = await openHub({ maxQueued: 2 });
    const a = await connect(hub, 'a');
    await subscribe(a);
    for (const number of [1, 2, 3, 4, 5, 6])
      a.say(pushOf('a', number - 1, [mutation(number, [put('k', number)])]));
    await settle();
    expect(errorOf(a.take())).toMatchObject({ code: 'RATE_LIMITED', group: 'g', retryable: true });
  });
});

describe('a schema that throws', () => {
  it('refuses the mutation, and nothing else of the batch', async () => {
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => {
          if (value === 'poison') throw new Error('broken schema');
          return { value };
        },
      },
    } as const;
    const faults: unknown[] = [];
    const features = new Features([{ group: 'g', schema }]);
    const hub = await openHub({ features, onFault: (error) => faults.push(error) });
    const [a, b] = [await connect(hub, 'a'), await connect(hub, 'b')];
    await subscribe(a);
    await subscribe(b);
    a.say(pushOf('a', 0, [mutation(1, [put('k', 'poison')]), mutation(2, [put('l', 1)])]));
    b.say(pushOf('b', 0, [mutation(1, [put('m', 1)])]));
    await settle();
    expect(last(a.take(), 'pushed')).toMatchObject({ results: [{ code: 'INVALID' }, { kind: 'accepted' }] });
    expect(last(b.take(), 'pushed')).toMatchObject({ results: [{ kind: 'accepted' }] });
    expect(faults).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('follows no more groups than its bound', async () => {
    const hub = await openHub({ maxGroups: 1 });
    const a = await connect(hub, 'a');
    await subscribe(a);
    expect(await subscribe(a, { group: 'h' })).toMatchObject([{ code: 'RATE_LIMITED', group: 'h' }]);
    expect(await subscribe(a)).toMatchObject([{ type: 'changes' }]);
    a.say({ type: 'unsubscribe', group: 'g' });
    expect(await subscribe(a, { group: 'h' })).toMatchObject([{ type: 'changes' }]);
  });

  it('has no more bytes wait for the writer than its bound, but always one push', async () => {
    const hub = await openHub({ maxQueuedBytes: 500 });
    const a = await connect(hub, 'a');
    await subscribe(a);
    const large = put('k', 'x'.repeat(600));
    a.say(pushOf('a', 0, [mutation(1, [large])]));
    a.say(pushOf('a', 1, [mutation(2, [large])]));
    await settle();
    const told = a.take();
    expect(errorOf(told)).toMatchObject({
      code: 'RATE_LIMITED',
      group: 'g',
      retryable: true,
      retryAfter: 500,
    });
    expect(told.filter(({ type }) => type === 'pushed')).toMatchObject([
      { results: [{ number: 1, kind: 'accepted' }] },
    ]);
    a.say(pushOf('a', 1, [mutation(2, [large])]));
    await settle();
    expect(a.take()).toMatchObject([{ type: 'commits' }, { results: [{ number: 2, kind: 'accepted' }] }]);
  });

  it('that floods before anyone knows it is closed', async () => {
    const hub = await openHub({
      maxQueuedBytes: 500,
      limits: { ...DEFAULT_LIMITS, maxFrame: 1000 },
      auth: { authenticate: () => new Promise(() => undefined), authorize: () => true },
    });
    const a = await connect(hub, 'a');
    for (let i = 0; i < 200; i++) a.say({ type: 'token', token: 'x'.repeat(100) });
    expect(a.closed).toEqual({ code: 4408, reason: 'RATE_LIMITED' });
  });

  it('that never says what it has seen is not remembered without end', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a);
    let base = 0;
    const pushMany = async (seen: number) => {
      const made = Array.from({ length: 1000 }, (_, i) => mutation(base + i + 1, []));
      a.say(pushOf('a', base, made, 'g', seen));
      await settle();
      const told = a.take();
      if (errorOf(told) === undefined) base += 1000;
      return errorOf(told);
    };
    while (base < 20_000) expect(await pushMany(0)).toBeUndefined();
    expect(await pushMany(0)).toMatchObject({ code: 'RATE_LIMITED', group: 'g' });
    expect(await pushMany(19_000)).toBeUndefined();
  });
});

describe('a slow follower', () => {
  it('loses its live frames and is caught up from where it was, once its socket has drained', async () => {
    const scheduler = new VirtualTimeScheduler();
    const hub = await openHub({ scheduler, maxBuffered: 10 });
    const [fast, slow] = [await connect(hub, 'fast'), await connect(hub, 'slow')];
    await subscribe(fast);
    await subscribe(slow);
    const write = async (number: number) => {
      fast.say(pushOf('fast', number - 1, [mutation(number, [put(`k${number}`, number)])]));
      await settle();
    };
    await write(1);
    slow.take();
    slow.stuck = 1000;
    for (const number of [2, 3, 4]) await write(number);
    expect(slow.take()).toEqual([]);
    slow.stuck = 0;
    scheduler.flush();
    await settle();
    const caughtUp = slow.take();
    expect(caughtUp).toMatchObject([
      { type: 'changes', from: 1, docs: [{ version: 2 }, { version: 3 }, { version: 4 }] },
    ]);
    await write(5);
    expect(slow.take()).toMatchObject([{ type: 'commits', from: 4, to: 5 }]);
  });

  it('is closed when it sends and never reads', async () => {
    const hub = await openHub({ maxUnread: 100 });
    const a = await connect(hub, 'a');
    a.stuck = 101;
    a.say({ type: 'ping' });
    await settle();
    expect(a.closed).toEqual({ code: 4408, reason: 'SLOW_CONSUMER' });
    expect(hub.connections).toBe(0);
  });
});

describe('a subscriber', () => {
  it('is answered with one page also when nothing is new', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    const cursor = cursorOf(await subscribe(a));
    expect(await subscribe(a, { cursor })).toMatchObject([{ type: 'changes', docs: [], cursor }]);
  });

  it('may subscribe again with what it has, as often as it likes, and goes on live', async () => {
    const hub = await openHub();
    const [a, b] = [await connect(hub, 'a'), await connect(hub, 'b')];
    const cursor = cursorOf(await subscribe(a));
    await subscribe(b);
    b.say(pushOf('b', 0, [mutation(1, [put('k', 1)])]));
    await settle();
    expect(await subscribe(a, { cursor })).toMatchObject([
      { type: 'changes', from: 0, docs: [{ key: 'k' }] },
    ]);
    b.say(pushOf('b', 1, [mutation(2, [put('k', 2)])]));
    await settle();
    expect(a.take()).toMatchObject([{ type: 'commits', from: 1, to: 2 }]);
  });

  it('hears no more after it has unsubscribed', async () => {
    const hub = await openHub();
    const [a, b] = [await connect(hub, 'a'), await connect(hub, 'b')];
    await subscribe(a);
    await subscribe(b);
    a.say({ type: 'unsubscribe', group: 'g' });
    b.say(pushOf('b', 0, [mutation(1, [put('k', 1)])]));
    await settle();
    expect(a.take()).toEqual([]);
    a.say(pushOf('a', 1, [mutation(1, [put('k', 2)])]));
    await settle();
    expect(a.take()).toMatchObject([{ type: 'error', code: 'NOT_SUBSCRIBED', group: 'g' }]);
  });

  it.each([
    ['of another group', 'feed', (token: string) => token.replace('"g"', '"h"'), 0],
    ['of another prefix', 'feed', (token: string) => token.replace('""', '"a:"'), 0],
    ['of an unknown epoch', 'epoch', (token: string) => token.replace('epoch', 'other'), 0],
    ['that is no cursor', 'cursor', () => 'x', 0],
    ['that is no cursor either', 'cursor', () => '["a",1]', 0],
    ['beyond the head', 'cursor', (token: string) => token, 1],
  ])('with a cursor %s is told to resync, and gets everything', async (_, reason, change, version) => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    const { token } = cursorOf(await subscribe(a));
    const told = await subscribe(a, { cursor: { token: change(token), version } });
    expect(told).toMatchObject([
      { type: 'resync', group: 'g', reason },
      { type: 'changes', from: 0 },
    ]);
  });

  it('keeps its cursor over restarts of the server', async () => {
    const store = new MemoryCommitStore();
    const first = await openHub({ store });
    const a = await connect(first, 'a');
    await subscribe(a);
    a.say(pushOf('a', 0, [mutation(1, [put('k', 1)])]));
    await settle();
    const cursor = cursorOf(await subscribe(a));
    await first.close();
    expect(a.closed).toEqual({ code: 1012, reason: 'SHUTTING_DOWN' });

    const second = await openHub({ store });
    const b = await connect(second, 'b');
    expect(await subscribe(b, { cursor })).toMatchObject([{ type: 'changes', from: 1, docs: [] }]);
    b.say(pushOf('b', 1, [mutation(1, [put('k', 2)])]));
    await settle();
    expect(await subscribe(b, { cursor })).toMatchObject([
      { type: 'changes', from: 1, docs: [{ version: 2 }] },
    ]);
  });

  it('hears where the lines stand that it names, if they are its own', async () => {
    const hub = await openHub();
    const alice = await connect(hub, 'a', 'alice');
    await subscribe(alice);
    alice.say(pushOf('a', 0, [mutation(1, [put('k', 1)])]));
    await settle();
    const linesFor = async (user: string) => {
      const link = await connect(hub, `new of ${user}`, user);
      const [page] = await subscribe(link, { lines: ['a', 'unknown'] });
      return page?.type === 'changes' && page.lines.map(({ clientId, last }) => [clientId, last]);
    };
    expect(await linesFor('bob')).toEqual([
      ['new of bob', 0],
      ['a', 0],
      ['unknown', 0],
    ]);
    expect(await linesFor('alice')).toEqual([
      ['new of alice', 0],
      ['a', 1],
      ['unknown', 0],
    ]);
  });
});

describe('with users', () => {
  const auth = new StaticUsersAuth({
    alice: { token: 'abc123', groups: ['todo', 'settings'] },
    bob: { token: 'def456', groups: ['todo'] },
  });

  it.each([
    [undefined, undefined],
    ['alice', undefined],
    ['alice', 'wrong'],
    ['alice', 'def456'],
    ['__proto__', 'abc123'],
  ])('%s with the token %s is not let in', async (user, token) => {
    const hub = await openHub({ auth });
    const link = await connect(hub, 'a', user, token);
    expect(link.take()).toMatchObject([{ type: 'error', code: 'UNAUTHENTICATED' }]);
    expect(link.closed).toMatchObject({ code: 4401 });
  });

  it('lets in who has the token, with or without the name, and to their groups alone', async () => {
    const hub = await openHub({ auth });
    const bob = await connect(hub, 'b', undefined, 'def456');
    expect(await subscribe(bob, { group: 'todo' })).toMatchObject([{ type: 'changes' }]);
    expect(await subscribe(bob, { group: 'settings' })).toMatchObject([
      { type: 'error', code: 'FORBIDDEN', group: 'settings' },
    ]);
    expect(bob.closed).toBeUndefined();
  });

  it('gives nobody the line of another', async () => {
    const hub = await openHub({ auth });
    const alice = await connect(hub, 'a', 'alice', 'abc123');
    await subscribe(alice, { group: 'todo' });
    alice.say(pushOf('a', 0, [mutation(1, [put('k', 1)])], 'todo'));
    await settle();
    const thief = await connect(hub, 'a', 'bob', 'def456');
    await subscribe(thief, { group: 'todo' });
    thief.say(pushOf('a', 1, [mutation(2, [put('k', 2)])], 'todo'));
    await settle();
    expect(thief.take()).toMatchObject([{ type: 'error', code: 'FORBIDDEN', group: 'todo' }]);
    expect([thief.closed, alice.closed]).toEqual([undefined, undefined]);
  });

  it('takes a renewed token of the same user, and closes on any other', async () => {
    const hub = await openHub({ auth });
    const bob = await connect(hub, 'b', 'bob', 'def456');
    bob.say({ type: 'token', token: 'def456' });
    await settle();
    expect(bob.closed).toBeUndefined();
    bob.say({ type: 'token', token: 'abc123' });
    await settle();
    expect(bob.closed).toMatchObject({ code: 4401 });
  });

  it('does not show in a stale answer what may not be read', async () => {
    const hub = await openHub({
      auth: {
        authenticate: ({ user }) => ({ id: user ?? '' }),
        authorize: ({ principal, key, action }) =>
          principal.id === 'root' || key !== 'secret' || action === 'write',
      },
    });
    const [root, eve] = [await connect(hub, 'r', 'root'), await connect(hub, 'e', 'eve')];
    await subscribe(root);
    await subscribe(eve);
    root.say(pushOf('r', 0, [mutation(1, [put('secret', 'x')])]));
    await settle();
    eve.take();
    eve.say(pushOf('e', 0, [mutation(1, [put('secret', 'guess')])]));
    await settle();
    expect(eve.take()).toMatchObject([{ results: [{ number: 1, kind: 'refused', code: 'FORBIDDEN' }] }]);
  });
});

describe('a connection that breaks the protocol', () => {
  const hello = encodeUp({ type: 'hello', clientId: 'x' });
  const ping = encodeUp({ type: 'ping' });

  it.each([
    ['MALFORMED', 4400, [hello, Uint8Array.of(0xff)]],
    ['MALFORMED', 4400, [hello, new Uint8Array(0)]],
    ['HELLO_EXPECTED', 4405, [ping]],
    ['ALREADY_WELCOMED', 4409, [hello, hello]],
    ['FRAME_TOO_LARGE', 4413, [hello, new Uint8Array(2001)]],
  ] as const)('is told %s and closed with %i, and others do not notice', async (code, close, frames) => {
    const hub = await openHub({ limits: { ...DEFAULT_LIMITS, maxFrame: 2000 } });
    const other = await connect(hub, 'other');
    await subscribe(other);
    const link = new MemoryLink();
    hub.accept(link);
    for (const frame of frames) link.frames$.next(frame);
    link.frames$.next(ping);
    await settle();
    expect(errorOf(link.take())).toMatchObject({ type: 'error', code, retryable: false });
    expect(link.closed).toEqual({ code: close, reason: code });
    other.say({ type: 'ping' });
    await settle();
    expect(other.take()).toMatchObject([{ type: 'pong' }]);
    expect(hub.connections).toBe(1);
  });

  it('that does not say hello in time is closed', async () => {
    const scheduler = new VirtualTimeScheduler();
    const hub = await openHub({ scheduler });
    const link = new MemoryLink();
    hub.accept(link);
    scheduler.flush();
    expect(scheduler.frame).toBe(10_000);
    expect(link.closed).toMatchObject({ code: 4405 });
  });

  it('by a second prefix for an open group keeps the first', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a, { prefix: 'x:' });
    expect(await subscribe(a, { prefix: 'y:' })).toMatchObject([
      { type: 'error', code: 'INVALID_PREFIX', group: 'g' },
    ]);
    expect(await subscribe(a, { prefix: 'x:' })).toMatchObject([{ type: 'changes' }]);
  });
});

describe('a hub that closes', () => {
  it('finishes the commit in hand, answers it, and then closes with 1012', async () => {
    const hub = await openHub();
    const a = await connect(hub, 'a');
    await subscribe(a);
    a.say(pushOf('a', 0, [mutation(1, [put('k', 1)])]));
    await Promise.resolve();
    await Promise.resolve();
    const closing = hub.close();
    await closing;
    expect(a.take()).toMatchObject([
      { type: 'commits' },
      { type: 'pushed', results: [{ kind: 'accepted' }] },
    ]);
    expect(a.closed).toEqual({ code: 1012, reason: 'SHUTTING_DOWN' });
    expect(() => hub.accept(new MemoryLink())).toThrow(expect.objectContaining({ code: 'HUB_CLOSED' }));
  });
});
