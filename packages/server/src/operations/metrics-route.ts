import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** Counts every answer of the app, and serves `GET /metrics` for Prometheus. To be called before the routes are made. */
export function metricsRoute(
  app: FastifyInstance,
  { registry, requests }: Pick<Metrics, 'registry' | 'requests'>,
): void {
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    // Of what leads nowhere there may be any number of addresses.
    const route = routeOptions.url ?? 'none'
    requests.observe({ method, route, status: `${Math.floor(reply.statusCode / 100)}xx` }, reply.elapsedTime / 1000)
  })

  app.get('/metrics', { config: { whileStopping: true }, schema: { hide: true } }, async (_request, reply) => {
    reply.type(registry.contentType).header('cache-control', 'no-store')
    return registry.metrics()
  })
}
