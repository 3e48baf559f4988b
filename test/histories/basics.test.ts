import { inc } from '@atomsync/atom';
import { createTestNet, type TestNet } from '@atomsync/testing';

interface Todo {
  text: string;
  done: boolean;
}

describe('two clients', () => {
  let net: TestNet;
  beforeEach(() => {
    net = createTestNet();
  });
  afterEach(() => net.close());

  it('show the same docs', async () => {
    const [a, b] = net.atoms<Todo>('todo', 2);
    a!.put('todo:1', { text: 'Buy milk', done: false });
    await net.flush();
    expect(b!.value.get('todo:1')).toEqual({ text: 'Buy milk', done: false });
    b!.at('todo:1').swap((todo) => ({ ...todo, done: true }));
    await net.flush();
    expect(a!.value.get('todo:1')).toEqual({ text: 'Buy milk', done: true });
    a!.remove('todo:1');
    await net.flush();
    expect(b!.value.size).toBe(0);
    expect(a!.value).toEqual(b!.value);
  });

  it('lose no swap on one doc', async () => {
    const [a, b, c] = net.atoms<number>('counter', 3);
    await net.flush();
    a!.put('n', 0);
    await net.flush();
    for (let i = 0; i < 10; i++) for (const atom of [a!, b!, c!]) atom.at('n').swap((n) => n + 1);
    net.offline(a!);
    for (let i = 0; i < 10; i++) a!.at('n').swap(inc);
    await net.flush();
    net.online(a!);
    await net.flush(60_000);
    expect([a!.value.get('n'), b!.value.get('n'), c!.value.get('n')]).toEqual([40, 40, 40]);
  });
});
