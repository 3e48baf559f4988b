import { encodeDown, ERRORS, SUBPROTOCOL } from '@atomsync/protocol';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { interval, Subject, takeUntil, timer } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { AddressCount } from './address-count';
import { AtomSyncService } from './atom-sync.service';
import { refuseUpgrade, routeUpgrades } from './upgrade-route';
import { wsLink } from './ws-link';

/** How long sockets have to answer the close, in milliseconds. */
const CLOSE_GRACE = 1000;

/**
 * ⑦ The WebSocket endpoint on the app's own HTTP server, whichever adapter it has, beside any gateways of
 * the app's. Sockets and timers are here and nowhere else.
 */
@Injectable()
export class AtomSyncGateway implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sockets: WebSocketServer;
  readonly #heard = new WeakSet<WebSocket>();
  #stopRouting: (() => void) | undefined;
  readonly #stopped = new Subject<void>();
  #closing = false;
  readonly #addresses: AddressCount;

  constructor(
    @Inject(AtomSyncService) private readonly sync: AtomSyncService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {
    this.#addresses = new AddressCount(sync.options.limits.maxConnectionsPerAddress);
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: sync.options.limits.maxFrame,
      handleProtocols: (offered) => chosen(offered) ?? false,
    });
  }

  onApplicationBootstrap(): void {
    // An application context without HTTP has no adapter; its atoms work all the same.
    const server = (
      this.host as { httpAdapter?: HttpAdapterHost['httpAdapter'] }
    ).httpAdapter?.getHttpServer() as Server | undefined;
    if (server === undefined) return;
    this.#stopRouting = routeUpgrades(server, this.sync.options.path, (request, socket, head) =>
      this.#upgrade(request, socket, head),
    );
    interval(this.sync.options.heartbeat)
      .pipe(takeUntil(this.#stopped))
      .subscribe(() => this.#beat());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#closing = true;
    this.#stopped.next();
    await this.sync.beforeApplicationShutdown();
    await this.#gone();
    this.#stopRouting?.();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#closing)
      return refuseUpgrade(socket, 503, 'SHUTTING_DOWN: the server is going down; connect again.');
    const { mayConnect, addressOf, limits } = this.sync.options;
    if (!mayConnect(request.headers)) {
      const { origin } = request.headers;
      return refuseUpgrade(
        socket,
        403,
        `FORBIDDEN: pages of ${JSON.stringify(origin)} may not connect; list their origin in the option origins.`,
      );
    }
    const offered = protocolsOf(request);
    const protocol = chosen(offered);
    if (protocol === undefined) {
      const shown = offered.size === 0 ? 'none' : [...offered].join(', ');
      return refuseUpgrade(
        socket,
        400,
        `UNSUPPORTED_VERSION: this endpoint speaks the WebSocket subprotocol ${SUBPROTOCOL}, and the client offered ${shown}.`,
      );
    }
    const address = addressOf(request);
    if (!this.#addresses.enter(address)) {
      return refuseUpgrade(
        socket,
        429,
        `RATE_LIMITED: an address has at most ${limits.maxConnectionsPerAddress} connections; close some.`,
      );
    }
    socket.once('close', () => this.#addresses.leave(address));
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      if (protocol === SUBPROTOCOL) this.#accept(ws, request);
      else refuseVersion(ws, protocol);
    });
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    this.#heard.add(socket);
    socket.on('pong', () => this.#heard.add(socket));
    socket.on('message', () => this.#heard.add(socket));
    this.sync.hub.accept(wsLink(socket, this.sync.options.limits.maxFrame), request.headers);
  }

  #beat(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#heard.delete(socket)) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.ping();
    }
  }

  async #gone(): Promise<void> {
    const closed = [...this.#sockets.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    const late = timer(CLOSE_GRACE).subscribe(() =>
      this.#sockets.clients.forEach((socket) => socket.terminate()),
    );
    await Promise.all(closed);
    late.unsubscribe();
  }
}

/** Ours, or another version of it, so that its client can be told over the socket which one is spoken here. */
function chosen(offered: ReadonlySet<string>): string | undefined {
  return offered.has(SUBPROTOCOL) ? SUBPROTOCOL : [...offered].find((name) => /^atomsync\.v\d+$/.test(name));
}

function protocolsOf({ headers }: IncomingMessage): Set<string> {
  const names = headers['sec-websocket-protocol']?.split(',') ?? [];
  return new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
}

function refuseVersion(socket: WebSocket, protocol: string): void {
  const code = 'UNSUPPORTED_VERSION';
  const message = `The client speaks ${protocol}, this server ${SUBPROTOCOL}; bring both to one version.`;
  socket.on('error', () => undefined);
  socket.send(encodeDown({ type: 'error', code, message, retryable: false }));
  socket.close(ERRORS.UNSUPPORTED_VERSION.close, code);
}
