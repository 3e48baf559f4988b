import { StaticUsersAuth } from '../../src/auth/static-users-auth';
import { HttpServer } from './http-server';

let server: HttpServer;
afterEach(() => server.close());

/** The events of a stream, one after the other. */
class Events {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  static async open(path: string): Promise<Events> {
    const response = await server.fetch(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    return new Events(response);
  }

  /** The next event; `undefined` at the end. */
  async next(): Promise<{ name: string; data: unknown } | undefined> {
    for (;;) {
      const [, name, data] = /^event: (.*)\ndata: (.*)\n\n/.exec(this.#text) ?? [];
      if (name !== undefined && data !== undefined) {
        this.#text = this.#text.slice(this.#text.indexOf('\n\n') + 2);
        return { name, data: JSON.parse(data) };
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += Buffer.from(value).toString();
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

const changed = (group: string, version: number) => ({ name: 'changed', data: { group, version } });
const write = (group: string, key = 'a') => server.post({ group, changes: [{ key, value: 1 }] });

it('tells where groups stand, and then each change', async () => {
  server = await HttpServer.start();
  await write('todo');
  const events = await Events.open('/events?group=todo&group=notes');
  const first = [await events.next(), await events.next()];
  expect(first).toEqual(expect.arrayContaining([changed('todo', 1), changed('notes', 0)]));
  await write('other');
  await write('notes');
  expect(await events.next()).toEqual(changed('notes', 1));
  await write('todo');
  expect(await events.next()).toEqual(changed('todo', 2));
  await events.close();
});

it('tells nothing of what a prefix hides', async () => {
  server = await HttpServer.start();
  const events = await Events.open('/events?group=todo&prefix=a:');
  expect(await events.next()).toEqual(changed('todo', 0));
  await write('todo', 'b:1');
  await write('todo', 'a:1');
  expect(await events.next()).toEqual(changed('todo', 2));
  await events.close();
});

it('asks for rights before it begins', async () => {
  server = await HttpServer.start({ auth: new StaticUsersAuth({ alice: { token: 't', groups: ['todo'] } }) });
  expect((await server.get('/events?group=todo')).status).toBe(401);
  const headers = { Authorization: 'Bearer t' };
  expect(await server.get('/events?group=todo&group=secret', headers)).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN' },
  });
});

it('ends with the server, and says so', async () => {
  server = await HttpServer.start();
  const events = await Events.open('/events?group=todo');
  await events.next();
  const closed = server.close();
  expect(await events.next()).toMatchObject({ name: 'error', data: { code: 'SHUTTING_DOWN' } });
  expect(await events.next()).toBeUndefined();
  await closed;
});
