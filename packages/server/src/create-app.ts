import Fastify, { type FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { answerNoHttp, answerUnknownRoutes, createErrorHandler, type ReportError } from './http/errors.ts'
import { guard } from './http/guard.ts'
import { guardHeaders } from './http/guard-headers.ts'
import { cutSlowReaders } from './http/slow-readers.ts'
import { type ApiKeysOptions, apiKeys } from './operations/api-keys.ts'
import { type Log, loggedTo, tellRequestIds } from './operations/logging.ts'
import type { Metrics } from './operations/metrics.ts'
import { metricsRoute } from './operations/metrics-route.ts'
import { type RateLimits, rateLimit } from './operations/rate-limit.ts'
import type { ServerParts } from './server-parts.ts'
import { serverRoutes } from './server-plugin.ts'

export interface AppOptions {
  /** Answer only to the loopback's own names. */
  readonly loopbackOnly: boolean
  /** Told of every failure that is the server's own. */
  readonly report: ReportError
  /**
   * How long a request may take to arrive, and how long a client may take nothing of its answer, in milliseconds: 32 MiB within two minutes by
   * default.
   */
  readonly requestTimeout?: number | undefined
  /** Which proxies are believed when they say whom a request is from: all, or those of a list of addresses and networks; none by default. */
  readonly trustProxy?: boolean | string | undefined
  /** Gets a line for each answer. */
  readonly log?: Log | undefined
  /** Served at `/metrics`. */
  readonly metrics?: Metrics | undefined
  readonly apiKeys?: ApiKeysOptions | undefined
  readonly rateLimits?: RateLimits | undefined
}

/** A server of its own: the plugin, and what is right where nothing else answers. It does not listen yet; closing it closes none of the parts. */
export async function createApp(parts: ServerParts, options: AppOptions): Promise<FastifyInstance> {
  const { loopbackOnly, report, requestTimeout = 120_000, trustProxy = false, log, metrics } = options
  const answerError = createErrorHandler(report)
  const app = Fastify({
    bodyLimit: 1024 * 1024,
    forceCloseConnections: 'idle',
    // What comes from here has passed no hook.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.headers(guardHeaders)),
    clientErrorHandler: answerNoHttp,
    routerOptions: { maxParamLength: 600 },
    requestTimeout,
    trustProxy,
    ...(log && loggedTo(log)),
    // Fastify's own limit does not end a slow body: Node checks seldom, and waits for the longer one of its two limits.
    http: {
      requestTimeout,
      headersTimeout: Math.ceil(requestTimeout / 4),
      connectionsCheckingInterval: Math.ceil(requestTimeout / 8),
    },
  })
  app.setErrorHandler(answerError)
  answerUnknownRoutes(app)
  if (log) tellRequestIds(app)
  cutSlowReaders(app, requestTimeout)
  guard(app, { loopbackOnly })
  parts.stopping.watch(app)
  if (options.apiKeys) apiKeys(app, options.apiKeys)
  if (options.rateLimits) await rateLimit(app, options.rateLimits)
  if (metrics) metricsRoute(app, metrics)
  // As part of the application itself, so that routes which are added to it read forms and answer errors alike.
  await app.register(plugin(serverRoutes), { parts, report })
  return app
}
