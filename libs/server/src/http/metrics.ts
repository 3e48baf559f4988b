import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import { plainRoute } from './plain-route';

/** The figures as Prometheus reads them. */
export const metricsRoute = (path: string, registry: Registry): [string, RequestListener] => [
  path,
  plainRoute(async () => ({ type: registry.contentType, body: await registry.metrics() })),
];
