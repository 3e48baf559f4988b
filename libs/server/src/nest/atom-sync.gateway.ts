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
import { bearerToken } from '../auth/bearer-token';
import { AddressCount } from './address-count';
import { AtomSyncService } from './atom-sync.service';
import {
  chosenProtocol,
  GOING_DOWN,
  protocolsOf,
  refusalOf,
  refusalOfToken,
  tooManyOfAddress,
  type UpgradeRefusal,
} from './upgrade-refusal';
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
      handleProtocols: (offered) => chosenProtocol(offered) ?? false,
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
    const { mayConnect, addressOf, limits } = this.sync.options;
    const address = addressOf(request);
    const refusal = this.#closing ? GOING_DOWN : refusalOf(request, mayConnect);
    if (refusal !== undefined) return this.#refuse(request, socket, refusal);
    if (!this.#addresses.enter(address)) {
      return this.#refuse(request, socket, tooManyOfAddress(limits.maxConnectionsPerAddress));
    }
    socket.once('close', () => this.#addresses.leave(address));
    if (bearerToken(request.headers) === undefined) return this.#open(request, socket, head);
    socket.on('error', () => undefined);
    refusalOfToken(
      () => this.sync.hub.authenticate(request.headers),
      limits.helloTimeout,
      this.sync.logger.fault,
    ).subscribe((refused) => {
      const late = this.#closing ? GOING_DOWN : refused;
      if (late !== undefined) this.#refuse(request, socket, late);
      else if (!socket.destroyed) this.#open(request, socket, head);
    });
  }

  #refuse(request: IncomingMessage, socket: Duplex, { status, code, message }: UpgradeRefusal): void {
    const { origin } = request.headers;
    const address = this.sync.options.addressOf(request);
    const from = { address, ...(origin !== undefined && { origin }) };
    this.sync.logger.event({ event: 'upgrade refused', ...from, status, code });
    refuseUpgrade(socket, status, `${code}: ${message}`);
  }

  #open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const protocol = chosenProtocol(protocolsOf(request.headers));
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      if (protocol === SUBPROTOCOL) this.#accept(ws, request);
      else refuseVersion(ws, protocol);
    });
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    this.#heard.add(socket);
    socket.on('pong', () => this.#heard.add(socket));
    socket.on('message', () => this.#heard.add(socket));
    const { limits, addressOf } = this.sync.options;
    const link = wsLink(socket, limits.maxFrame);
    this.sync.hub.accept(link, request.headers, { address: addressOf(request) });
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

function refuseVersion(socket: WebSocket, protocol = 'another protocol'): void {
  const code = 'UNSUPPORTED_VERSION';
  const message = `The client speaks ${protocol}, this server ${SUBPROTOCOL}; bring both to one version.`;
  socket.on('error', () => undefined);
  socket.send(encodeDown({ type: 'error', code, message, retryable: false }));
  socket.close(ERRORS.UNSUPPORTED_VERSION.close, code);
}
