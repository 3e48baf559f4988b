import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { bundlePage, type BundleOptions } from './bundle-page';

const PAGES = resolve(__dirname, '../browser/pages');

/** What a careful site allows its pages: its own scripts, no eval, no inline script, sockets to this machine. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; connect-src 'self' ws://localhost:*; img-src data:; object-src 'none'; base-uri 'none'";

/** Without it browsers ask for one when they find the time: a test may have taken the network away by then. */
const NO_ICON = '<link rel="icon" href="data:,">';

export interface PageOptions extends BundleOptions {
  /** The folder of the pages' entries; `test/browser/pages` by default. */
  readonly pages?: string;
  /** What makes a page's script of its entry; esbuild by default. */
  readonly bundle?: (entry: string, options: BundleOptions) => Promise<string>;
  /** What is in a page's body when its script runs; nothing by default. */
  readonly body?: (name: string) => Promise<string>;
}

/** Serves `NAME.page.ts` as a page at `/NAME`, bundled once, under a strict policy. */
export class PageServer {
  readonly #options: PageOptions;
  readonly #server: Server;
  readonly #scripts = new Map<string, Promise<string>>();

  private constructor(options: PageOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
      });
    });
  }

  static async start(options: PageOptions = {}): Promise<PageServer> {
    const pages = new PageServer(options);
    pages.#server.listen(0, 'localhost');
    await once(pages.#server, 'listening');
    return pages;
  }

  /** The origin of all pages: they share what browsers keep per origin. */
  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Rejects with the bundler's messages where the page does not compile. */
  async prepare(name: string): Promise<void> {
    await this.#script(name);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.origin).pathname;
    const [, name, script] = /^\/([\w-]+)(\.js)?$/.exec(path) ?? [];
    response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    response.setHeader('cache-control', 'no-store');
    if (name === undefined) return void response.writeHead(204).end();
    if (script !== undefined) {
      const body = await this.#script(name);
      return void response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(body);
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    const body = (await this.#options.body?.(name)) ?? '';
    response.end(`<!doctype html><title>${name}</title>${NO_ICON}${body}<script src="/${name}.js"></script>`);
  }

  #script(name: string): Promise<string> {
    const { pages = PAGES, bundle = bundlePage, ...options } = this.#options;
    const known = this.#scripts.get(name) ?? bundle(resolve(pages, `${name}.page.ts`), options);
    this.#scripts.set(name, known);
    return known;
  }
}
