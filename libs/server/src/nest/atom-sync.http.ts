import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { RequestListener, Server } from 'node:http';
import { docsRoutes } from '../http/docs';
import { healthRoutes } from '../http/health';
import { eventsEndpoint, syncEndpoint } from '../http/http-endpoint';
import { metricsRoute } from '../http/metrics';
import { AtomSyncService } from './atom-sync.service';
import { routeRequests } from './request-route';

/** Milliseconds between signs of life in streams of events; proxies end what is silent for a minute. */
const HEARTBEAT = 25_000;

/** The paths of the module on the app's own HTTP server, whichever adapter it has, beside the app's routes. */
@Injectable()
export class AtomSyncHttp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #stopRouting: (() => void) | undefined;

  constructor(
    @Inject(AtomSyncService) private readonly sync: AtomSyncService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    const server = (
      this.host as { httpAdapter?: HttpAdapterHost['httpAdapter'] }
    ).httpAdapter?.getHttpServer() as Server | undefined;
    if (server === undefined || this.sync.options.http === undefined) return;
    this.#stopRouting = routeRequests(server, this.#routes());
  }

  async beforeApplicationShutdown(): Promise<void> {
    // Ends what is under way; what comes from here on hears that the server is going down.
    await this.sync.beforeApplicationShutdown();
    this.#stopRouting?.();
  }

  #routes(): ReadonlyMap<string, RequestListener> {
    const { path, limits, http } = this.sync.options;
    if (http === undefined) return new Map();
    const { events, cors, docs, health, healthDetails, metrics } = http;
    const options = {
      hub: () => this.sync.hub,
      limits,
      cors,
      heartbeat: HEARTBEAT,
      clock: () => Date.now(),
      randomId: () => globalThis.crypto.randomUUID(),
      onFault: this.sync.logger.fault,
    };
    return new Map([
      [path, syncEndpoint(options)],
      [events, eventsEndpoint(options)],
      ...(docs === undefined ? [] : docsRoutes(docs, { sync: path, events })),
      ...(health === undefined ? [] : healthRoutes(health, this.sync, healthDetails)),
      ...(metrics === undefined || this.sync.prometheus === undefined
        ? []
        : [metricsRoute(metrics, this.sync.prometheus.registry)]),
    ]);
  }
}
