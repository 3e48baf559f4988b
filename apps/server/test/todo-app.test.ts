import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../src/app.module';
import { todoApp } from '../src/todo-app';

describe('the files of a built app', () => {
  let folder: string;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atomsync-pages-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Pages</title>');
    await writeFile(join(folder, 'main-AB12CD34.js'), 'console.log("😀".repeat(1000));'.repeat(50));
    await writeFile(join(folder, 'styles-AB12CD34.css'), 'body{margin:0}');
    await writeFile(join(folder, 'favicon.svg'), '<svg/>');
    await writeFile(join(folder, 'secret.json'), '{}');
    const pages = todoApp(folder);
    server = createServer((asked, answer) => {
      Object.assign(asked, { originalUrl: asked.url });
      pages(asked, answer, () => void answer.writeHead(404).end('behind'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/?from=mail', 'text/html; charset=utf-8', 'no-cache'],
    ['/main-AB12CD34.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/styles-AB12CD34.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache'],
  ])('%s is %s, to be kept as %s', async (path, type, kept) => {
    const { status, headers } = await fetch(origin + path);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, kept]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('may run no text as code, and nothing of others', async () => {
    const policy = (await fetch(origin)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http/);
  });

  it.each(['/secret.json', '/index.html', '/nothing', '/../package.json', '/%2e%2e/package.json', '/sync'])(
    '%s is left to others',
    async (path) => {
      expect(await ask(origin, path)).toEqual([404, 'behind']);
    },
  );

  it('are only read', async () => {
    expect((await fetch(origin, { method: 'POST' })).status).toBe(404);
    const head = await fetch(origin, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('are sent packed to those who can unpack them, and not again to those who have them', async () => {
    const path = '/main-AB12CD34.js';
    const [packed, plain] = [
      await fetch(origin + path),
      await fetch(origin + path, { headers: { 'accept-encoding': 'identity' } }),
    ];
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(
      Number(plain.headers.get('content-length')),
    );
    expect(await packed.text()).toBe(await plain.text());
    const again = await fetch(origin + path, { headers: { 'if-none-match': plain.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('are none where nothing was built', () => {
    const next = jest.fn();
    todoApp(join(folder, 'nowhere'))(
      { method: 'GET', originalUrl: '/', headers: {} } as never,
      {} as never,
      next,
    );
    expect(next).toHaveBeenCalledTimes(1);
  });
});

describe('the standalone server', () => {
  let folder: string;
  let app: INestApplication;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atomsync-app-'));
    const module = await Test.createTestingModule({
      imports: [AppModule.on(join(folder, 'data.db'))],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    origin = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('shows the app at its root, with scripts that are there', async () => {
    const page = await fetch(origin);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const [, script] = /src="([^"]+)"/.exec(await page.text())!;
    expect((await fetch(`${origin}/${script}`)).headers.get('content-type')).toMatch(/^text\/javascript/);
  });

  it.each([
    ['/sync?group=todo', 200],
    ['/docs', 200],
    ['/health', 200],
    ['/metrics', 200],
    ['/nothing', 404],
  ])('answers %s with %i, as without the app', async (path, status) => {
    const answer = await fetch(origin + path);
    await answer.text();
    expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([status, null]);
  });
});

/** `fetch` tidies paths up before it sends them. */
function ask(origin: string, path: string): Promise<[number | undefined, string]> {
  return new Promise((done, failed) => {
    request(origin, { path }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => done([answer.statusCode, body]));
    })
      .on('error', failed)
      .end();
  });
}
