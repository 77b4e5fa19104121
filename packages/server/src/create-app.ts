import Fastify, { type FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { letConnectionsGo } from './http/closing.ts'
import { answerUnknownRoutes, createErrorHandler, type ReportError } from './http/errors.ts'
import { guard } from './http/guard.ts'
import type { ServerParts } from './server-parts.ts'
import { serverPlugin } from './server-plugin.ts'

export interface AppOptions {
  /** Answer only to the loopback's own names. */
  readonly loopbackOnly: boolean
  /** Told of every failure that is the server's own. */
  readonly report: ReportError
  /** How long a request may take to arrive, in milliseconds: 32 MiB within two minutes by default. */
  readonly requestTimeout?: number
}

/** A server of its own: the plugin, and what is right where nothing else answers. It does not listen yet; closing it closes none of the parts. */
export async function createApp(parts: ServerParts, options: AppOptions): Promise<FastifyInstance> {
  const { loopbackOnly, report, requestTimeout = 120_000 } = options
  const app = Fastify({
    bodyLimit: 1024 * 1024,
    forceCloseConnections: 'idle',
    frameworkErrors: createErrorHandler(report),
    routerOptions: { maxParamLength: 600 },
    requestTimeout,
    // Fastify's own limit does not end a slow body: Node checks seldom, and waits for the longer one of its two limits.
    http: {
      requestTimeout,
      headersTimeout: Math.ceil(requestTimeout / 4),
      connectionsCheckingInterval: Math.ceil(requestTimeout / 8),
    },
  })
  answerUnknownRoutes(app)
  guard(app, { loopbackOnly })
  letConnectionsGo(app)
  // As part of the application itself, so that routes which are added to it read forms and answer errors alike.
  await app.register(plugin(serverPlugin), { parts, report })
  return app
}
