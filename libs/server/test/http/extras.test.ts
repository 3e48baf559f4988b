import { AtomSyncService } from '../../src/nest/atom-sync.service';
import { MemoryCommitStore } from '../../src/store/memory-commit-store';
import { ADAPTERS, HttpServer } from './http-server';

let server: HttpServer;
afterEach(() => server.close());

const text = async (path: string): Promise<string> => (await server.fetch(path)).text();

describe.each(ADAPTERS)('on %s', (_, adapter) => {
  const start = (http: object, rest = {}) => HttpServer.start({ http, ...rest }, { adapter });

  it('tells its health, with what the app adds', async () => {
    server = await start({ health: true, healthDetails: () => ({ version: '1.2.3' }) });
    expect(await server.get('/health')).toEqual({
      status: 200,
      body: { status: 'ok', epoch: expect.any(String), connections: 0, version: '1.2.3' },
    });
    expect(await server.get('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await server.get('/health/ready')).status).toBe(200);
  });

  it('lives, and is not ready, when the store does not answer', async () => {
    const store = new MemoryCommitStore();
    server = await start({ health: '/up' }, { store });
    store.read = () => Promise.reject(new Error('gone'));
    expect(await server.get('/up/ready')).toMatchObject({
      status: 503,
      body: { status: 'store unavailable' },
    });
    expect((await server.get('/up/live')).status).toBe(200);
  });

  it('is not ready once it goes down', async () => {
    server = await start({ health: true });
    await server.app.get(AtomSyncService).beforeApplicationShutdown();
    expect(await server.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'closed' } });
  });

  it('counts for Prometheus', async () => {
    server = await start({ metrics: true });
    await server.post({ group: 'todo', changes: [{ key: 'a', value: 1 }] });
    const line = (base: number) => ({
      ...{ group: 'todo', clientId: 'c', base },
      mutations: [{ number: 1, changes: [{ key: 'a', value: 2 }], expiresAt: base === 1 ? 1 : 9e14 }],
    });
    await server.post(line(0));
    await server.post(line(1));
    const figures = await text('/metrics');
    for (const figure of [
      'atomsync_commits_total 1',
      'atomsync_conflicts_total 1',
      'atomsync_refusals_total{code="EXPIRED"} 1',
      'atomsync_push_seconds_count 3',
      'atomsync_waiting 0',
      'atomsync_connections 0',
    ]) {
      expect(figures).toContain(`\n${figure}\n`);
    }
    expect(figures).toMatch(/\natomsync_store_seconds_count\{operation="write"\} [1-9]/);
    expect(figures).toMatch(/\natomsync_store_seconds_count\{operation="read"\} [1-9]/);
  });

  it('describes itself, without scripts from anywhere', async () => {
    server = await start({ docs: true, events: '/hints' }, { path: '/live' });
    const document = JSON.parse(await text('/docs/json')) as {
      openapi: string;
      paths: object;
      components: { schemas: object };
    };
    expect([document.openapi, Object.keys(document.paths)]).toEqual(['3.1.0', ['/live', '/hints']]);
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    const page = await text('/docs');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('POST /live');
    expect(page).not.toMatch(/<script|https?:/);
    expect((await server.fetch('/docs', { method: 'POST' })).status).toBe(405);
  });
});

it.each([
  [{ events: 'hints' }, /http\.events is "hints"/],
  [{ docs: '/sync' }, /http\.docs is "\/sync"; each path has one meaning/],
  [{ health: '/x?y' }, /http\.health/],
])('does not start with %j', async (http, message) => {
  server = await HttpServer.start();
  await expect(HttpServer.start({ http })).rejects.toThrow(message);
});
