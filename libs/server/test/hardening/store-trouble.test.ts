import Database from 'better-sqlite3';
import type { AddressInfo } from 'node:net';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { nestServer, type NestServer } from '../support/nest-server';
import { RawClient } from '../support/raw-client';
import { sqlitePlace } from '../support/sqlite-place';
import { mutation, pushOf, put } from '../support/world';

let server: NestServer;

const write = async (client: RawClient, number: number, value: unknown, base: number) => {
  client.say(pushOf('x', base, [mutation(number, [put(`k${number}`, value)])]));
  return client.nextOf('pushed', 'error');
};

const docsOf = async (name: string) => {
  const reader = await RawClient.connect(server.http);
  reader.say({ type: 'hello', clientId: name });
  reader.say({ type: 'subscribe', group: 'g', lines: [] });
  return (await reader.next('changes')).docs.map(({ key }) => key);
};

const endpoint = (): string => `http://127.0.0.1:${(server.http.address() as AddressInfo).port}/sync`;

const post = async (change: object): Promise<{ status: number; code?: string }> => {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ group: 'g', changes: [change] });
  const answer = await fetch(endpoint(), { method: 'POST', headers, body });
  return { status: answer.status, ...((await answer.json()) as object) };
};

const pull = async (): Promise<{ status: number; keys: string[] }> => {
  const answer = await fetch(`${endpoint()}?group=g`);
  const { docs } = (await answer.json()) as { docs: { key: string }[] };
  return { status: answer.status, keys: docs.map(({ key }) => key) };
};

/** A connection of better-sqlite3. */
interface Connection {
  readonly name: string;
  pragma(text: string, options?: { readonly simple: boolean }): unknown;
}

describe('a disk that is full', () => {
  it('acknowledges nothing, says RETRY_LATER, goes on reading, and recovers without a restart', async () => {
    const connections: Connection[] = [];
    const prototype = Database.prototype as unknown as Connection;
    const { pragma } = prototype;
    const spy = jest.spyOn(prototype, 'pragma').mockImplementation(function (this: Connection, ...args) {
      connections.push(this);
      return pragma.apply(this, args);
    });
    const { file, dispose } = await sqlitePlace();
    server = await nestServer({ database: { type: 'better-sqlite3', database: file } });
    spy.mockRestore();
    const [database] = connections.filter(({ name }) => name === file);
    const client = await RawClient.following(server.http, 'x');
    expect(await write(client, 1, 'fits', 0)).toMatchObject({ results: [{ kind: 'accepted' }] });

    const pages = database!.pragma('page_count', { simple: true }) as number;
    database!.pragma(`max_page_count = ${pages}`);
    const large = 'x'.repeat(200_000);
    expect(await write(client, 2, large, 1)).toMatchObject({
      code: 'RETRY_LATER',
      retryable: true,
      retryAfter: 1000,
      group: 'g',
    });
    expect(await docsOf('while full')).toEqual(['k1']);
    expect(await post({ key: 'k3', value: large })).toMatchObject({ status: 503, code: 'RETRY_LATER' });
    expect(await pull()).toEqual({ status: 200, keys: ['k1'] });

    database!.pragma('max_page_count = 1000000');
    expect(await write(client, 2, large, 1)).toMatchObject({
      results: [{ number: 2, kind: 'accepted', version: 2 }],
    });
    expect(await post({ key: 'k3', value: large })).toMatchObject({ status: 200 });
    expect(await docsOf('afterwards')).toEqual(['k1', 'k2', 'k3']);
    await server.close();
    await dispose();
  });
});

describe('a store that is down', () => {
  it('acknowledges nothing and shows nothing, and what was asked meanwhile comes when it is back', async () => {
    const store = new MemoryCommitStore();
    server = await nestServer({ store });
    const client = await RawClient.following(server.http, 'x');
    const follower = await RawClient.following(server.http, 'y');
    const down = jest.spyOn(store, 'write').mockRejectedValue(new Error('the store is down'));
    expect(await write(client, 1, 'v', 0)).toMatchObject({ code: 'RETRY_LATER', retryable: true });
    expect(await docsOf('meanwhile')).toEqual([]);
    down.mockRestore();
    expect(await write(client, 1, 'v', 0)).toMatchObject({
      results: [{ number: 1, kind: 'accepted', version: 1 }],
    });
    expect(await follower.next('commits')).toMatchObject({ from: 0, to: 1 });
    await server.close();
  });

  it('for reads too is said to each who subscribes, and to nobody else', async () => {
    const store = new MemoryCommitStore();
    server = await nestServer({ store });
    const client = await RawClient.following(server.http, 'x');
    const down = jest.spyOn(store, 'read').mockRejectedValue(new Error('the store is down'));
    client.say({ type: 'subscribe', group: 'h', lines: [] });
    expect(await client.next('error')).toMatchObject({ code: 'RETRY_LATER', group: 'h', retryAfter: 1000 });
    expect(await client.isWell()).toBe(true);
    down.mockRestore();
    client.say({ type: 'subscribe', group: 'h', lines: [] });
    expect(await client.next('changes')).toMatchObject({ group: 'h', from: 0 });
    await server.close();
  });
});
