import { connect, cursorOf, mutation, openHub, pushOf, put, settle, subscribe } from './support/world';

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
});
